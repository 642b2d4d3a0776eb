"""Names of persons by what stands around them: titles, labels, kinship, signatures, verbs of contact."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from deid.detect import lexicon, plausible
from deid.detect.reading import (
    AFTER_KIN,
    AFTER_LABEL,
    AFTER_TITLE,
    CREDENTIAL,
    LIKELY,
    TOKEN,
    UNKNOWN_TOO,
    Reading,
    read_name,
)
from deid.detect.sweep import Sweep
from deid.model import Span
from deid.registry import register

_TITLE = r"(?:dr|doctor|drs|mr|mrs|ms|miss|mx|messrs|prof|professor|sir|dame|lady|lord|madam|mme|mlle|herr|frau|señora?|senora?|sra|rev|reverend|fr|rabbi|imam|pastor|chaplain|deacon|bishop|nurse|capt|captain|sgt|sergeant|lt|col|colonel|maj|major|judge|officer|detective|deputy|attorney|coach|hon|principal)"


_KIN = (
    r"(?:wife|husband|spouse|partner|son|daughter|sons|daughters|mother|father|mom|mum|dad|brother|sister|brothers|sisters|siblings?|niece|nephew|aunt|auntie|uncle|cousin|grandmother|grandfather|grandma|grandpa|grandson|granddaughter|grandchild(?:ren)?"
    r"|step-?(?:son|daughter|mother|father|brother|sister)|(?:mother|father|son|daughter|brother|sister)-in-law|fianc[eé]e?|boyfriend|girlfriend|ex-?(?:wife|husband)|friend|neighbou?r|roommate|flatmate|housemate|caregiver|carer|caretaker|guardian|godmother|godfather|widow|widower|twins?|child|children|kids?|baby|toddler|boy|girl|landlord|co-?worker|colleague|boss|supervisor|pastor|health care proxy|hcp|poa|next of kin|nok|proxy|emergency contact|aide|babysitter|foster (?:mother|father|parents?)|parents?)"
)


_ROLE = r"(?:oncologist|surgeon|resident|attending|pharmacist|social worker|fellow|intern|coordinator|therapist|interpreter|technician|tech|physician|provider|midwife|dietitian|radiologist|pathologist|cardiologist|urologist|neurologist|psychiatrist|psychologist|counsell?or|navigator|hospitalist|anesthesiologist|anaesthetist|gp|pcp|case manager|manager|nurse practitioner|practitioner|secretary|receptionist|scheduler|paramedic|phlebotomist|sonographer|specialist|consultant|registrar|investigator|pi|sub-?i|monitor|cra|crc|lpn|cna|rn|np|pa|aprn|md|sw|charge nurse|bedside nurse|primary nurse|day shift|night shift|nurse|clerk|orderly|volunteer|witness|lawyer|teacher|student|patient|pt|subject|participant|resident dr|lady|gentleman|man|woman|mr|veteran|child|transporter|driver)"


_LABEL = r"(?:(?:patient|pt|full|legal|first|last|middle|maiden|preferred|given|family|sur|birth|alias|client|subject|member|subscriber|insured|guarantor|mother'?s|father'?s|spouse'?s?|parent'?s?|contact|provider|physician|employee|caller|guardian)(?:'?s)?\s?names?|name|names|patient|pt|re|from|to|attn|attention|cc|bcc|c\.c\.|attending(?: physician| md| provider)?|ordering (?:md|physician|provider|doctor)|ordered by|ref(?:erring)?(?: md| physician| provider| doctor| dr)?|referred by|pcp|primary care(?: physician| provider)?|provider|physician|doctor|consultant|surgeons?|assistants?|first assistant|anesthesi(?:a|ologist)|anaesthetist|radiologist|pathologist|oncologist|author|authored by|dictated by|dictating|dictator|transcribed by|transcriptionist|typed by|signed(?: by)?|electronically signed(?: by)?|e-signed(?: by)?|esigned by|signature|authenticated by|verified by|reviewed by|read by|interpreted by|reported by|prepared by|entered by|documented by|completed by|performed by|witness(?:ed by)?|co-?signed(?: by)?|approved by|collected by|drawn by|received by|recorded by|written by|taken by|seen by|examined by|evaluated by|accompanied by|attended by|informant|historian|caller|called by|contact(?: person)?|emergency contact|next of kin|nok|responsible party|guarantor|spouse|insured|subscriber|aka|a\.k\.a\.|also known as|nickname|nick-named|goes by|known as|investigator|principal investigator|study coordinator|coordinator|site contact|nurse|rn|case manager|social worker|interpreter|present|attendees|in attendance|chair|minutes by|apologies|presenter|employer contact|recipient|sender|forwarded by|handoff to|report to|report given to|hand-?off to|sign-?out to)"


_CONTACT = r"(?:spoke (?:with|to|w/?)|speaking (?:with|to)|spoken (?:with|to)|talk(?:ed|ing)? (?:with|to)|d/w|discussed? (?:with|w/)|discussed (?:the |this |her |his |their )?(?:case|plan|results?|findings|options) with|disc(?:ussed)? w/|met (?:with)?|meeting with|call(?:ed)? (?:from|by|to)|phone call (?:from|with)|called|phoned|rang|texted|paged|emailed|e-mailed|messaged|contacted|notified|informed|alerted|told|asked|thanked|reminded|updated|relayed to|seen by|examined by|evaluated by|assessed by|followed by|managed by|operated on by|performed by|administered by|drawn by|placed by|removed by|done by|signed by|dictated by|transcribed by|typed by|written by|witnessed by|accompanied by|brought (?:in )?by|driven by|cared for by|escorted by|assisted by|supervised by|confirmed (?:with|by)|verified (?:with|by)|cleared by|recommended by|requested by|ordered by|prescribed by|referred (?:by|to)|referral (?:from|to)|routed to|forwarded to|sent to|copied to|copy to|addressed to|assigned to|handed (?:over |off )?to|sign(?:ed)? out to|report(?: given)? to|reports to|given to|transferred to|covering for|on behalf of|per|via|from|care of|attn|under|named|called|known as|goes by|nicknamed|my name is|name is|name was|this is|i am|i'm|it's|introduced (?:as|herself as|himself as)|signed|love|married to|lives with|living with|stays with|staying with|divorced from|dating|engaged to|widow of|son of|daughter of|mother of|father of|wife of|husband of|sister of|brother of|parents of|friend of|regarding|re|about|for|with|and|by|thanks to|cc'?d|see|ask(?:ing)? for|looking for|waiting for|saw|sees|meet|meets|let|tell|told|call|text|page|email|remind|contact|ask)"


_TITLED = re.compile(rf"(?<![A-Za-z])(?P<title>{_TITLE})(?:\.|\b)[\s:]{{0,3}}", re.IGNORECASE)


_LABELLED = re.compile(rf"(?<![A-Za-z])(?:{_LABEL})\s{{0,3}}(?::|=|\s-\s|\|)\s{{0,6}}", re.IGNORECASE)


_LABELLED_BARE = re.compile(
    r"(?<![A-Za-z])(?:patient name|pt name|dictated by|transcribed by|signed by|electronically signed by|e-signed by|authenticated by|verified by|reviewed by|read by|interpreted by|prepared by|entered by|documented by|attn|"
    r"dear|hi|hello|hey|good morning|good afternoon|my name is|name is|named|nicknamed|goes by|known as|aka|née|nee|maiden name|formerly|cc)\s{1,3}(?=[^\W\d_])",
    re.IGNORECASE,
)


_KINSHIP = re.compile(
    rf"(?<![A-Za-z])(?:{_KIN})(?:'s name)?(?:,\s|\s?[(:]\s?|\s(?:is\s|was\s)?(?:named|called|,)?\s{{0,2}}|\s(?:is|was)\s)(?=[^\W\d_])",
    re.IGNORECASE,
)


_ROLE_BEFORE = re.compile(rf"(?<![A-Za-z])(?:{_ROLE}),?\s{{1,2}}(?:is\s|was\s|named\s)?(?=[^\W\d_])", re.IGNORECASE)


_CONTACTED = re.compile(rf"(?<![A-Za-z])(?:{_CONTACT})\s{{1,2}}(?=[^\W\d_])", re.IGNORECASE)


_SPOKEN_WITH = re.compile(
    r"(?<![A-Za-z])(?:spoke (?:with|to|w/?)|spoken (?:with|to)|talked (?:with|to)|d/w|discussed w/|call from|call back from|phone call from|msg from|message from|text from|email from|e-mail from|letter from|note from|visit from|rang|phoned|texted|emailed|messaged|hubby|asked for|goes by|im|i'm|i am|name'?s|called)\s(?=[^\W\d_])",
    re.IGNORECASE,
)


_SIGNED_OFF = re.compile(
    r"(?:^|\n|[.!?]\s)[ \t]{0,4}(?:sincerely|regards|kind regards|best regards|warm regards|warmly|best wishes|best|many thanks|thanks(?: again| so much)?|thank you(?: so much)?|cheers|yours(?: truly| sincerely| faithfully)?|respectfully(?: submitted| yours)?|cordially|love|take care|xo+|signed)[,.!:-]{0,2}\s{1,4}(?=[^\W\d_])",
    re.IGNORECASE,
)


#: Whom of a service somebody spoke to: `d/w surgery (Blackwood)`.
_OF_SERVICE = re.compile(
    rf"(?<![A-Za-z])(?:{_CONTACT}|paged|consulted|per|from|by)\s{{1,2}}(?:the\s)?(?:on-?call\s)?[a-zA-Z]{{2,16}}(?:\s[a-zA-Z]{{2,12}})?\s\((?=[A-Z][a-z'’-]{{1,20}}(?:\s[A-Z][a-z'’-]{{1,20}})?\))"
)


#: What a name follows, how readily it is read there, and how sure it then is.
_TRIGGERS: tuple[tuple[re.Pattern[str], Reading, float], ...] = (
    (_LABELLED, AFTER_LABEL, 0.85),
    (_LABELLED_BARE, AFTER_LABEL, 0.75),
    (_KINSHIP, AFTER_KIN, 0.75),
    (_ROLE_BEFORE, LIKELY, 0.65),
    (_CONTACTED, LIKELY, 0.6),
    (_SPOKEN_WITH, UNKNOWN_TOO, 0.6),
    (_SIGNED_OFF, AFTER_LABEL, 0.8),
    (_OF_SERVICE, AFTER_LABEL, 0.65),
)
_SWEEP = Sweep([_TITLED, *(trigger for trigger, *_ in _TRIGGERS)])


def _title_spans(text: str, titles: Iterable[re.Match[str]]) -> Iterator[tuple[int, int, float]]:
    for match in titles:
        title = match["title"].lower()
        weak = title in ("nurse", "major", "principal", "coach", "officer", "judge", "lady", "lord", "fr", "col", "miss", "bishop", "deputy", "attorney", "hon", "madam", "sir", "doctor", "professor", "pastor", "captain", "chaplain")  # fmt: skip
        dotted = (
            title in ("dr", "mr", "mrs", "ms", "prof", "drs")
            and text[match.end("title") : match.end("title") + 1] == "."
        )
        how = AFTER_KIN if weak else replace(AFTER_TITLE, any_word=dotted)
        found = read_name(text, match.end(), how)
        if (
            found
            and found[0] - match.end() <= 4
            and not (
                title in ("dr", "st")
                and match.start()
                and re.match(
                    r"[\s,]{1,2}(?:apt|unit|suite|#)", text[match.end("title") : match.end("title") + 8], re.IGNORECASE
                )
            )
        ):
            yield (*found, 0.95 if not weak else 0.75)
            yield from _second(text, found[1], how)


def _second(text: str, at: int, how: Reading) -> Iterator[tuple[int, int, float]]:
    """Read on after `and`, `&`, `/` or a comma: `Drs. Smith and Jones`, `daughters Ann, Bea and Cleo`."""
    for _ in range(6):
        joint = re.compile(r"(?:,\s{1,2}(?:and\s)?|\s(?:and|&|or)\s|\s?/\s?|\s&\s)(?=[^\W\d_])").match(text, at)
        if joint is None:
            return
        token = TOKEN.match(text, joint.end())
        if token is None or re.fullmatch(CREDENTIAL, token.group()):
            return
        lowered = lexicon.fold_word(token.group())
        if not (lexicon.is_only_a_name(lowered) or (token.group()[0].isupper() and plausible.could_be_name(lowered))):
            return
        found = read_name(text, joint.end(), Reading(words=how.words))
        if found is None:
            return
        yield (*found, 0.7)
        at = found[1]


def _after(
    text: str, triggers: Iterable[re.Match[str]], how: Reading, score: float
) -> Iterator[tuple[int, int, float]]:
    for match in triggers:
        found = read_name(text, match.end(), how)
        if found and not plausible.eponym_use(text, *found):
            yield (*found, score)
            yield from _second(text, found[1], how)


@register("recogniser", "names_in_context")
@dataclass(frozen=True)
class NamesInContext:
    """Finds names of persons by title, label, kinship, credential, signature and verbs of contact."""

    examples: ClassVar[tuple[str, ...]] = (
        "Mr. «John Whitfield» was seen", "Dr. «A. Okonkwo» agrees", "his wife «Anneliese» called", "niece «jermaine» at bedside", "Patient name: «Maria González». She", "Re: «WONG, CAROLYN»",
        "dictated by «Priya Raman»", "cc: «Halloran, Peter»", "Dear Mrs «Abernathy»,", "spoke with «Oyelaran» today", "Sincerely,\n«Ludmila Petrova»", "Mr. «john whitfield» was seen", "Drs. «Halloran» and «Renner»",
        "seen by «Yamamoto»",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "the doctor will call", "her mother had breast cancer", "patient was seen in clinic", "seen by oncology", "discussed with patient", "Romberg negative", "her husband is aware", "called the pharmacy", "Nurse to follow up",
        "nurse practitioner visit", "Name of drug: metformin",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the names in a text that something around them gives away."""
        matches = dict(_SWEEP.matches(text))
        found = list(_title_spans(text, matches.get(0, ())))
        for number, (_, how, score) in enumerate(_TRIGGERS, 1):
            found += _after(text, matches.get(number, ()), how, score)
        return [Span(start, end, "person_name", score, "names_in_context") for start, end, score in found]
