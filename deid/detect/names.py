"""Names of persons by what stands around them: titles, labels, kinship, credentials, signatures, verbs of contact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from deid.detect import lexicon, plausible
from deid.model import Span
from deid.registry import register

TOKEN = re.compile(r"[^\W\d_](?:[^\W_]|['’](?=[^\W\d_])|-(?=[^\W\d_]))*")
_GAP = re.compile(r"(?:[ \t]{1,2}|[ \t]?\n[ \t]{0,4})")
_OPEN = re.compile(r"[\s\"'“‘(\[|:*_>-]{0,6}")
_PARTICLES = frozenset("de del della di da dos das do du des la le las los van von der den ter ten zu zum bin ibn al el abu st mac mc y e san santa op vander".split())
_NOT_FIRST = frozenset(
    """may april june march who whom which that this these those the a an and or but if is are was were be been has have had will would can could should may might on in at by for from with to of as also
    he she they we you it his her their our your my its not no yes please pls per via re then than when while until since after before there here all any both each other
    patient pt pts name names number date dob mrn age sex male female time note phone fax address page none nil unknown n/a na tbd aware notified called paged recommends recommended
    agreed agrees states stated says said reports reported denies noted asked told will doctor dr mr mrs ms md rn np pa office clinic hospital team service staff line provider report
    today tomorrow yesterday morning afternoon evening night daily monday tuesday wednesday thursday friday saturday sunday january february july august september
    october november december who's he's she's it's i i'm i'll i've me him them us at bedside home work cell mobile speaking present absent deceased alive living well sick healthy
    bot user system admin agent operator customer moderator host baby infant friend english spanish french german son sister brother father mother she health family member speech diagnosis impression plan assessment history exam findings allergies medications medication labs vitals""".split()
)
_TITLE = (
    r"(?:dr|doctor|drs|mr|mrs|ms|miss|mx|messrs|prof|professor|sir|dame|lady|lord|madam|mme|mlle|herr|frau|señora?|senora?|sra|rev|reverend|fr|rabbi|imam|pastor|chaplain|deacon|bishop|nurse|capt|captain|sgt|sergeant|lt|col|colonel|maj|major|judge|officer|detective|deputy|attorney|coach|hon|principal)"
)
_CREDENTIAL = (
    r"(?:M\.?\s?D\.?|D\.?O\.?|R\.?N\.?|L\.?P\.?N\.?|N\.?P\.?|P\.?A\.?(?:-?C)?|Ph\.?\s?D\.?|PharmD|Pharm\.?\s?D\.?|BSN|MSN|DNP|FNP(?:-BC|-C)?|APRN|ARNP|CRNA|CNA|LCSW|MSW|LSW|LICSW|RPh|RD|RDN|LD|PT|DPT|OTR(?:/L)?|SLP|CCC-SLP|RRT|MPH|MBBS|MBChB|MRCP|FRCS|FACS|FACP|FRCP|FRCR|DDS|DMD|DPM|PsyD|MBA|MHA|CCRC|CCRP|CRC|OCN|CNS|CMA|RMA|RT\(R\)|EMT(?:-P)?|JD|Esq\.?|MSc|BSc|MA|MS|CPhT|CTR|Jr\.?|Sr\.?|III)"
)
_KIN = (
    r"(?:wife|husband|spouse|partner|son|daughter|sons|daughters|mother|father|mom|mum|dad|brother|sister|brothers|sisters|siblings?|niece|nephew|aunt|auntie|uncle|cousin|grandmother|grandfather|grandma|grandpa|grandson|granddaughter|grandchild(?:ren)?"
    r"|step-?(?:son|daughter|mother|father|brother|sister)|(?:mother|father|son|daughter|brother|sister)-in-law|fianc[eé]e?|boyfriend|girlfriend|ex-?(?:wife|husband)|friend|neighbou?r|roommate|flatmate|housemate|caregiver|carer|caretaker|guardian|godmother|godfather|widow|widower|twins?|child|children|kids?|baby|toddler|boy|girl|landlord|co-?worker|colleague|boss|supervisor|pastor|health care proxy|hcp|poa|next of kin|nok|proxy|emergency contact|aide|babysitter|foster (?:mother|father|parents?)|parents?)"
)
_ROLE = (
    r"(?:oncologist|surgeon|resident|attending|pharmacist|social worker|fellow|intern|coordinator|therapist|interpreter|technician|tech|physician|provider|midwife|dietitian|radiologist|pathologist|cardiologist|urologist|neurologist|psychiatrist|psychologist|counsell?or|navigator|hospitalist|anesthesiologist|anaesthetist|gp|pcp|case manager|manager|nurse practitioner|practitioner|secretary|receptionist|scheduler|paramedic|phlebotomist|sonographer|specialist|consultant|registrar|investigator|pi|sub-?i|monitor|cra|crc|lpn|cna|rn|np|pa|aprn|md|sw|charge nurse|bedside nurse|primary nurse|day shift|night shift|nurse|clerk|orderly|volunteer|witness|lawyer|teacher|student|patient|pt|subject|participant|resident dr|lady|gentleman|man|woman|mr|veteran|child|transporter|driver)"
)
_LABEL = (
    r"(?:(?:patient|pt|full|legal|first|last|middle|maiden|preferred|given|family|sur|birth|alias|client|subject|member|subscriber|insured|guarantor|mother'?s|father'?s|spouse'?s?|parent'?s?|contact|provider|physician|employee|caller|guardian)(?:'?s)?\s?names?|name|names|patient|pt|re|from|to|attn|attention|cc|bcc|c\.c\.|attending(?: physician| md| provider)?|ordering (?:md|physician|provider|doctor)|ordered by|ref(?:erring)?(?: md| physician| provider| doctor| dr)?|referred by|pcp|primary care(?: physician| provider)?|provider|physician|doctor|consultant|surgeons?|assistants?|first assistant|anesthesi(?:a|ologist)|anaesthetist|radiologist|pathologist|oncologist|author|authored by|dictated by|dictating|dictator|transcribed by|transcriptionist|typed by|signed(?: by)?|electronically signed(?: by)?|e-signed(?: by)?|esigned by|signature|authenticated by|verified by|reviewed by|read by|interpreted by|reported by|prepared by|entered by|documented by|completed by|performed by|witness(?:ed by)?|co-?signed(?: by)?|approved by|collected by|drawn by|received by|recorded by|written by|taken by|seen by|examined by|evaluated by|accompanied by|attended by|informant|historian|caller|called by|contact(?: person)?|emergency contact|next of kin|nok|responsible party|guarantor|spouse|insured|subscriber|aka|a\.k\.a\.|also known as|nickname|nick-named|goes by|known as|investigator|principal investigator|study coordinator|coordinator|site contact|nurse|rn|case manager|social worker|interpreter|present|attendees|in attendance|chair|minutes by|apologies|presenter|employer contact|recipient|sender|forwarded by|handoff to|report to|report given to|hand-?off to|sign-?out to)"
)
_CONTACT = (
    r"(?:spoke (?:with|to|w/?)|speaking (?:with|to)|spoken (?:with|to)|talk(?:ed|ing)? (?:with|to)|d/w|discussed? (?:with|w/)|discussed (?:the |this |her |his |their )?(?:case|plan|results?|findings|options) with|disc(?:ussed)? w/|met (?:with)?|meeting with|call(?:ed)? (?:from|by|to)|phone call (?:from|with)|called|phoned|rang|texted|paged|emailed|e-mailed|messaged|contacted|notified|informed|alerted|told|asked|thanked|reminded|updated|relayed to|seen by|examined by|evaluated by|assessed by|followed by|managed by|operated on by|performed by|administered by|drawn by|placed by|removed by|done by|signed by|dictated by|transcribed by|typed by|written by|witnessed by|accompanied by|brought (?:in )?by|driven by|cared for by|escorted by|assisted by|supervised by|confirmed (?:with|by)|verified (?:with|by)|cleared by|recommended by|requested by|ordered by|prescribed by|referred (?:by|to)|referral (?:from|to)|routed to|forwarded to|sent to|copied to|copy to|addressed to|assigned to|handed (?:over |off )?to|sign(?:ed)? out to|report(?: given)? to|reports to|given to|transferred to|covering for|on behalf of|per|via|from|care of|attn|under|named|called|known as|goes by|nicknamed|my name is|name is|name was|this is|i am|i'm|it's|introduced (?:as|herself as|himself as)|signed|love|married to|lives with|living with|stays with|staying with|divorced from|dating|engaged to|widow of|son of|daughter of|mother of|father of|wife of|husband of|sister of|brother of|parents of|friend of|regarding|re|about|for|with|and|by|thanks to|cc'?d|see|ask(?:ing)? for|looking for|waiting for|saw|sees|meet|meets|let|tell|told|call|text|page|email|remind|contact|ask)"
)
_ACT = (
    r"(?:aware|notified|informed|at bedside|called|calling|calls|phoned|paged|texted|emailed|rang|said|says|stated|states|reports|reported|reporting|thinks|thought|feels|felt|wants|wanted|asked|asks|told|tells|agreed|agrees|came|comes|went|drove|drives|lives|lived|works|worked|denies|denied|admits|admitted|complains|complained|presents|presented|tolerated|was seen|was admitted|was brought|was started|was discharged|was transferred|was diagnosed|was told|has been|had been|is|was|has|had|is a|was a|is an|was an|is here|is now|is still|is doing|will call|will be|will see|will drive|will follow|would like|can be reached|cannot|doesn't|didn't|won't|understands|understood|verbalized|signed|consented|refused|declined|returned|recalled|remembers|mentioned|explained|described|noted|noticed|arrived|left|stayed|visited|helped|brought|took|takes|gave|gives|got|gets|needs|needed|recommends|recommended|reviewed|discussed|performed|dictated|ordered|prescribed|wrote|writes|replied|answered|responded|confirmed|requested|requests|covered|covering|on call|from pharmacy|from radiology|from the lab|in pharmacy|in radiology|RN|LPN|NP|PA|MD|cried|laughed|joked|smiled|died|passed|retired|married|fell|woke|slept|ate|walked|sat|asking|crying|insists|insisted|worries|worried|hopes|hoped|planned|plans|prefers|preferred|c/o|s/p|presented|who)"
)

Token = re.Match[str]


@dataclass(frozen=True)
class _Reading:
    """How readily words are taken for a name: after a title anything will do, after `with` only a likely name."""

    any_capital: bool = False
    lower_case: bool = False
    lower_unknown: bool = False
    any_word: bool = False
    lower_if_name: bool = True
    words: int = 4
    comma: bool = False


_AFTER_TITLE = _Reading(any_capital=True, lower_case=True)
_AFTER_LABEL = _Reading(any_capital=True, lower_case=True, comma=True)
_AFTER_KIN = _Reading(lower_case=True)
_LIKELY = _Reading()
_UNKNOWN_TOO = _Reading(lower_unknown=True)


def read_name(text: str, at: int, how: _Reading) -> tuple[int, int] | None:
    """Return the stretch of a name that begins at a position (blanks and quotes skipped), or None."""
    opened = _OPEN.match(text, at)
    at = opened.end() if opened else at
    start, end, taken, previous_lower = at, at, 0, False
    solid = False
    while taken < how.words + 1:
        token = TOKEN.match(text, at)
        if token is None or not _takes(text, token, how, taken, previous_lower):
            break
        word = token.group()
        end = token.end()
        initial = len(word) == 1
        if word.lower().endswith(("'s", "’s")):
            end -= 2
            solid = True
            break
        solid = solid or not (initial or word.lower() in _PARTICLES)
        previous_lower = word[0].islower()
        taken += 1
        at = token.end()
        if initial and text[at : at + 1] == ".":
            at += 1
            end = at
            if text[at : at + 1].isalpha():
                continue
        following = _next_word(text, at, how)
        if following is None:
            break
        at = following
    if not solid and not (taken >= 1 and how.any_capital and end - start >= 2 and text[start:end].isupper()):
        return None
    return (start, end) if end > start else None


def _next_word(text: str, at: int, how: _Reading) -> int | None:
    if how.comma and text[at : at + 1] == ",":
        gap = re.compile(r",[ \t]{0,2}(?=[^\W\d_])").match(text, at)
        if gap and _comma_name(text, gap.end()):
            return gap.end()
        return None
    gap = _GAP.match(text, at)
    if gap is None:
        return None
    if "\n" in gap.group():
        token = TOKEN.match(text, gap.end())
        if token is None or not (token.group()[0].isupper() and plausible.could_be_name(lexicon.fold_word(token.group()))):
            return None
        if text[token.end() : token.end() + 1] == ":":
            return None
    return gap.end()


def _comma_name(text: str, at: int) -> bool:
    token = TOKEN.match(text, at)
    if token is None or not token.group()[0].isupper():
        return False
    if re.fullmatch(_CREDENTIAL, token.group()):
        return False
    return len(token.group()) == 1 or plausible.could_be_name(lexicon.fold_word(token.group()))


def _takes(text: str, token: Token, how: _Reading, taken: int, previous_lower: bool) -> bool:
    """Whether a word belongs to the name that is being read."""
    word = token.group()
    lowered = lexicon.fold_word(word).removesuffix("'s")
    if text[token.end() : token.end() + 1] == ":" and taken:
        return False
    if len(word) == 1:
        return word.isupper() and (taken > 0 or bool(re.match(r"\.?[ \t]?[A-Z]", text[token.end() : token.end() + 3])) or text[token.end() : token.end() + 1] == ".")
    if lowered in _PARTICLES and (taken > 0 or how.any_capital or word[0].isupper()):
        after = re.compile(r"[ \t]{1,2}([^\W\d_][\w'-]+)").match(text, token.end())
        return bool(after and (after[1][0].isupper() or lexicon.is_only_a_name(after[1].lower())))
    if sum(char.isdigit() for char in word) * 2 >= sum(char.isalpha() for char in word):
        return False
    if lowered in _NOT_FIRST and not (how.any_capital and lowered in ("march", "may", "april", "june") and (word[0].isupper() or taken == 0)) or re.fullmatch(_CREDENTIAL, word) and word.isupper():
        return False
    if word[0].isupper():
        return _takes_capital(text, token, lowered, how, taken)
    if taken and not previous_lower:
        return lowered in _PARTICLES
    if taken:
        return lexicon.is_only_a_name(lowered) or (how.lower_case and len(lowered) > 3 and plausible.unknown(lowered))
    if how.lower_case:
        if lexicon.is_word(lowered) and not how.any_capital:
            return lowered in lexicon.english_names() and lowered in lexicon.given_names() and bool(_AFTER_LOWER.match(text, token.end()))
        return plausible.could_be_name(lowered) or (how.any_word and lowered not in lexicon.clinical_words())
    if how.lower_unknown and len(lowered) > 3 and lowered.isalpha() and plausible.unknown(lowered):
        return bool(_AFTER_LOWER.match(text, token.end()))
    return how.lower_if_name and lexicon.is_only_a_name(lowered)


def _takes_capital(text: str, token: Token, lowered: str, how: _Reading, taken: int) -> bool:
    if plausible.could_be_name(lowered):
        return not (lowered in lexicon.clinical_words() and not how.any_capital)
    if how.any_capital and taken == 0:
        return not plausible.clinical_shape(lowered)
    if not (how.any_capital and taken) or plausible.clinical_shape(lowered):
        return False
    before = TOKEN.findall(text[max(0, token.start() - 30) : token.start()])
    return bool(before) and (len(before[-1]) == 1 or lexicon.fold_word(before[-1]) in lexicon.given_names()) or not lexicon.is_word(lowered)


_AFTER_LOWER = re.compile(r"\s?(?:[,.;:()]|$|\n|at bedside|called|here|to drive|is\b|was\b|aware|will\b|present|states|says|said|phoned|who|and\b|at\b|from\b|re\b|on\b|about\b|again|twice|today|back\b|in room|visit|on phone|by phone|updated|notified)")
_AWARE = re.compile(r"(?<![A-Za-z])(?:md|dr\.?|np|rn|pa|doctor|nurse|attending|resident|intern|fellow|team lead|charge)\s(?P<name>[^\W\d_][\w'-]{2,20})\s(?=aware|notified|informed|paged|called|at bedside|in room|updated|here|to see|will see|saw|ordered|recs?\b|gave)", re.IGNORECASE)
_TITLED = re.compile(rf"(?<![A-Za-z])(?P<title>{_TITLE})(?:\.|\b)[\s:]{{0,3}}", re.IGNORECASE)
_LABELLED = re.compile(rf"(?<![A-Za-z])(?:{_LABEL})\s{{0,3}}(?::|=|\s-\s|\|)\s{{0,6}}", re.IGNORECASE)
_LABELLED_BARE = re.compile(
    r"(?<![A-Za-z])(?:patient name|pt name|dictated by|transcribed by|signed by|electronically signed by|e-signed by|authenticated by|verified by|reviewed by|read by|interpreted by|prepared by|entered by|documented by|attn|"
    r"dear|hi|hello|hey|good morning|good afternoon|my name is|name is|named|nicknamed|goes by|known as|aka|née|nee|maiden name|formerly|cc)\s{1,3}(?=[^\W\d_])",
    re.IGNORECASE,
)
_KINSHIP = re.compile(rf"(?<![A-Za-z])(?:{_KIN})(?:'s name)?(?:,\s|\s?[(:]\s?|\s(?:is\s|was\s)?(?:named|called|,)?\s{{0,2}}|\s(?:is|was)\s)(?=[^\W\d_])", re.IGNORECASE)
_ROLE_BEFORE = re.compile(rf"(?<![A-Za-z])(?:{_ROLE}),?\s{{1,2}}(?:is\s|was\s|named\s)?(?=[^\W\d_])", re.IGNORECASE)
_CONTACTED = re.compile(rf"(?<![A-Za-z])(?:{_CONTACT})\s{{1,2}}(?=[^\W\d_])", re.IGNORECASE)
_SPOKEN_WITH = re.compile(r"(?<![A-Za-z])(?:spoke (?:with|to|w/?)|spoken (?:with|to)|talked (?:with|to)|d/w|discussed w/|call from|call back from|phone call from|msg from|message from|text from|email from|e-mail from|letter from|note from|visit from|rang|phoned|texted|emailed|messaged|hubby|asked for|goes by|im|i'm|i am|name'?s|called)\s(?=[^\W\d_])", re.IGNORECASE)
_ACTING = re.compile(rf"\s{{1,2}}(?:also |just |then |now |both |still |again |later |herself |himself )?(?:{_ACT})\b")
_CREDENTIALED = re.compile(rf"(?P<name>[^\W\d_][\w.'’-]{{0,24}}(?:[ \t]{{1,2}}[^\W\d_][\w.'’-]{{0,24}}){{0,3}}),?[ \t]{{1,3}}(?P<cred>{_CREDENTIAL})(?![\w'])")
_LOWER_CREDENTIALED = re.compile(r"(?<![\w])(?P<name>[A-Za-z][a-z]{2,16}(?:\s[A-Za-z][a-z]{2,16})?),?\s(?P<cred>rn|lpn|md|np|pa-c|cna|pharmd)(?![\w])")
_SIGNED_OFF = re.compile(
    r"(?:^|\n|[.!?]\s)[ \t]{0,4}(?:sincerely|regards|kind regards|best regards|warm regards|warmly|best wishes|best|many thanks|thanks(?: again| so much)?|thank you(?: so much)?|cheers|yours(?: truly| sincerely| faithfully)?|respectfully(?: submitted| yours)?|cordially|love|take care|xo+|signed)[,.!:-]{0,2}\s{1,4}(?=[^\W\d_])",
    re.IGNORECASE,
)
_LAST_FIRST = re.compile(r"(?<![\w])(?P<last>[A-Z][A-Za-z'’-]{1,24}),[ ]?(?P<first>[A-Z][A-Za-z'’-]{1,24})(?P<middle>[ ][A-Z]\b\.?|[ ][A-Z][a-z]{2,20}(?=[\s,;.)]))?(?![\w'])")
_INITIAL_NAME = re.compile(r"(?<![\w.])(?P<name>[A-Z]\.[ ]?(?:[A-Z]\.[ ]?)?(?P<last>[A-Z][a-z'’]{1,2}?[A-Za-z'’-]{1,22}))(?![\w])")
_MIDDLE_INITIAL = re.compile(r"(?<![\w.])(?P<first>[A-Z][a-z'’-]{1,22})[ ](?P<middle>[A-Z])\.?[ ](?P<last>[A-Z][a-z'’][\w'’-]{1,22})(?![\w])")
_SPEAKER = re.compile(r"(?:^|\n)[ \t>*-]{0,4}(?P<name>[A-Z][a-z'’-]{2,20}(?: [A-Z][a-z'’-]{2,20}| [A-Z]\.?)?)(?=\s?:\s|\s?\(\d{1,2}:\d\d)")
_ALL_CAPS_LINE = re.compile(r"(?:^|\n)[ \t]{0,12}(?P<name>[A-Z][A-Z'’-]{1,20}(?:,?[ ][A-Z][A-Z'’.-]{0,20}){1,3})[ \t]{0,4}(?=\n|$|,)")


def _title_spans(text: str) -> Iterator[tuple[int, int, float]]:
    for match in _TITLED.finditer(text):
        title = match["title"].lower()
        weak = title in ("nurse", "major", "principal", "coach", "officer", "judge", "lady", "lord", "fr", "col", "miss", "bishop", "deputy", "attorney", "hon", "madam", "sir", "doctor", "professor", "pastor", "captain", "chaplain")  # fmt: skip
        dotted = title in ("dr", "mr", "mrs", "ms", "prof", "drs") and text[match.end("title") : match.end("title") + 1] == "."
        how = _AFTER_KIN if weak else replace(_AFTER_TITLE, any_word=dotted)
        found = read_name(text, match.end(), how)
        if found and found[0] - match.end() <= 4 and not (title in ("dr", "st") and match.start() and re.match(r"[\s,]{1,2}(?:apt|unit|suite|#)", text[match.end("title") : match.end("title") + 8], re.IGNORECASE)):
            yield (*found, 0.95 if not weak else 0.75)
            yield from _second(text, found[1], how)


def _second(text: str, at: int, how: _Reading) -> Iterator[tuple[int, int, float]]:
    """Read on after `and`, `&`, `/` or a comma: `Drs. Smith and Jones`, `daughters Ann, Bea and Cleo`."""
    for _ in range(6):
        joint = re.compile(r"(?:,\s{1,2}(?:and\s)?|\s(?:and|&|or)\s|\s?/\s?|\s&\s)(?=[^\W\d_])").match(text, at)
        if joint is None:
            return
        token = TOKEN.match(text, joint.end())
        if token is None or re.fullmatch(_CREDENTIAL, token.group()):
            return
        lowered = lexicon.fold_word(token.group())
        if not (lexicon.is_only_a_name(lowered) or (token.group()[0].isupper() and plausible.could_be_name(lowered))):
            return
        found = read_name(text, joint.end(), _Reading(words=how.words))
        if found is None:
            return
        yield (*found, 0.7)
        at = found[1]


def _after(text: str, trigger: re.Pattern[str], how: _Reading, score: float) -> Iterator[tuple[int, int, float]]:
    for match in trigger.finditer(text):
        found = read_name(text, match.end(), how)
        if found and not plausible.eponym_use(text, *found):
            yield (*found, score)
            yield from _second(text, found[1], how)


def _credential_spans(text: str) -> Iterator[tuple[int, int, float]]:
    for match in _CREDENTIALED.finditer(text):
        words = list(TOKEN.finditer(match["name"]))
        keep = len(words)
        for word in reversed(words):
            plain = lexicon.fold_word(word.group())
            fits = len(plain) == 1 or plausible.could_be_name(plain) or plain in _PARTICLES
            if not fits and not (word is words[-1] and word.group()[0].isupper() and plain not in _NOT_FIRST and not plausible.clinical_shape(plain) and text[match.end("name")] == ","):
                break
            if plain in ("march", "may", "april", "june") and len(words) > 1 and lexicon.is_name(lexicon.fold_word(words[0].group())):
                keep -= 1
                continue
            if plain in _NOT_FIRST or not word.group()[0].isupper():
                break
            keep -= 1
        if keep < len(words) and not (match["cred"] in ("PT", "MS", "MA", "RD", "III", "PA", "OCN", "CNS", "LD", "CTR", "CRC", "SLP", "JD") and len(words) - keep < 2):
            yield match.start("name") + words[keep].start(), match.end("name"), 0.9
    for match in _AWARE.finditer(text):
        if lexicon.fold_word(match["name"]) not in _NOT_FIRST | {"team", "service", "line", "has", "was", "not", "hospitalist", "nurse", "resident"} or match["name"].lower() == "march":
            yield match.start("name"), match.end("name"), 0.75
    for match in _LOWER_CREDENTIALED.finditer(text):
        words = list(TOKEN.finditer(match["name"]))
        first = next((at for at, word in enumerate(words) if all(lexicon.is_name(w.group().lower()) and w.group().lower() not in _NOT_FIRST for w in words[at:])), None)
        if first is not None and (any(lexicon.is_only_a_name(w.group().lower()) for w in words[first:]) or words[first:] == words[-1:] and re.search(r"(?:to|by|with|from|per)\s$", text[max(0, match.start("name") + words[first].start() - 6) : match.start("name") + words[first].start()])):
            yield match.start("name") + words[first].start(), match.end("name"), 0.7


def _pair_spans(text: str) -> Iterator[tuple[int, int, float]]:
    for match in _LAST_FIRST.finditer(text):
        last, first = lexicon.fold_word(match["last"]), lexicon.fold_word(match["first"])
        both = plausible.could_be_name(last) and plausible.could_be_name(first)
        certain = lexicon.is_only_a_name(last) or lexicon.is_only_a_name(first) or (match["last"].isupper() and lexicon.is_name(last) and lexicon.is_name(first))
        if both and certain and first not in _NOT_FIRST and last not in _NOT_FIRST:
            yield match.start(), match.end(), 0.8
    for match in _INITIAL_NAME.finditer(text):
        last = lexicon.fold_word(match["last"])
        if last not in _NOT_FIRST and (plausible.could_be_name(last) or text[match.start() - 4 : match.start()].strip().endswith(".")) and not plausible.eponym_use(text, match.start("last"), match.end()):
            yield match.start(), match.end(), 0.8
    for match in _MIDDLE_INITIAL.finditer(text):
        first, last = lexicon.fold_word(match["first"]), lexicon.fold_word(match["last"])
        if first not in _NOT_FIRST and last not in _NOT_FIRST and plausible.could_be_name(first) and plausible.could_be_name(last) and not plausible.eponym_use(text, match.start("last"), match.end()):
            yield match.start(), match.end(), 0.7
    for match in _SPEAKER.finditer(text):
        words = [lexicon.fold_word(word) for word in match["name"].replace(".", "").split()]
        if all(len(word) == 1 or plausible.could_be_name(word) for word in words) and not any(word in _NOT_FIRST for word in words):
            yield match.start("name"), match.end("name"), 0.6
    for match in _ALL_CAPS_LINE.finditer(text):
        words = [lexicon.fold_word(word).strip(".") for word in re.split(r"[ ,]+", match["name"]) if word]
        names = [word for word in words if lexicon.is_name(word)]
        if len(names) >= 1 and all(len(word) == 1 or plausible.could_be_name(word) for word in words) and any(not lexicon.is_word(word) for word in names):
            yield match.start("name"), match.end("name"), 0.8


def _acting_spans(text: str) -> Iterator[tuple[int, int, float]]:
    """Find `Halloran called`, `md gray aware`: a likely name before a verb that persons do."""
    for match in _ACTING.finditer(text):
        before = re.compile(r"(?:[A-Z][\w'’-]{1,24}[ ]){0,2}[^\W\d_][\w'’-]{1,24}$").search(text, max(0, match.start() - 60), match.start())
        if before is None:
            continue
        words = list(TOKEN.finditer(text, before.start(), before.end()))
        last = words[-1] if words else None
        if last is None:
            continue
        plain = lexicon.fold_word(last.group())
        if plain in _NOT_FIRST or not (plausible.could_be_name(plain) if last.group()[0].isupper() else lexicon.is_only_a_name(plain)):
            continue
        if last.group().isupper() and len(plain) < 4 or (last.group().isupper() and not lexicon.is_name(plain)):
            continue
        start = last.start()
        for word in reversed(words[:-1]):
            if not (word.group()[0].isupper() and plausible.could_be_name(lexicon.fold_word(word.group()))) or lexicon.fold_word(word.group()) in _NOT_FIRST:
                break
            start = word.start()
        if not plausible.eponym_use(text, start, last.end()):
            yield start, last.end(), 0.6


@register("recogniser", "names_in_context")
@dataclass(frozen=True)
class NamesInContext:
    """Finds names of persons by title, label, kinship, credential, signature and verbs of contact."""

    examples: ClassVar[tuple[str, ...]] = (
        "Mr. «John Whitfield» was seen", "Dr. «A. Okonkwo» agrees", "md «halloran» aware", "his wife «Anneliese» called", "niece «jermaine» at bedside", "Patient name: «Maria González». She", "Re: «WONG, CAROLYN»",
        "«Tobias Renner», MD", "dictated by «Priya Raman»", "cc: «Halloran, Peter»", "Dear «Mrs Abernathy»,", "spoke with «Oyelaran» today", "Sincerely,\n«Ludmila Petrova»", "Mr. «john whitfield» was seen", "Drs. «Halloran» and «Renner»",
        "report to «jermaine» rn", "seen by «K. Yamamoto»",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "the doctor will call", "her mother had breast cancer", "patient was seen in clinic", "seen by oncology", "discussed with patient", "Romberg negative", "her husband is aware", "called the pharmacy", "Nurse to follow up",
        "nurse practitioner visit", "Name of drug: metformin",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the names in a text that something around them gives away."""
        found = [
            *_title_spans(text),
            *_after(text, _LABELLED, _AFTER_LABEL, 0.85),
            *_after(text, _LABELLED_BARE, _AFTER_LABEL, 0.75),
            *_after(text, _KINSHIP, _AFTER_KIN, 0.75),
            *_after(text, _ROLE_BEFORE, _LIKELY, 0.65),
            *_after(text, _CONTACTED, _LIKELY, 0.6),
            *_after(text, _SPOKEN_WITH, _UNKNOWN_TOO, 0.6),
            *_after(text, _SIGNED_OFF, _AFTER_LABEL, 0.8),
            *_credential_spans(text),
            *_pair_spans(text),
            *_acting_spans(text),
        ]
        return [Span(start, end, "person_name", score, "names_in_context") for start, end, score in found]
