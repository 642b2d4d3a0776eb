"""What speaks against a name: eponyms before their noun, drug endings, clinical words, headings."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from deid.detect import lexicon

_HEADS = (
    r"(?:disease|diseases|syndrome|syndromes|sign|signs|test|testing|tests|score|scores|scale|index|criteria|criterion|classification|class|grade|grading|stage|staging|category|procedure|operation|repair|resection"
    r"|reconstruction|anastomosis|loop|pouch|maneuver|manoeuvre|position|reflex|reaction|phenomenon|law|triad|tetrad|pentad|palsy|paralysis|chorea|ataxia|dystrophy|anomaly|malformation|deformity|contracture|hernia|cyst|cysts"
    r"|tumou?rs?|sarcomas?|lymphomas?|carcinomas?|adenomas?|leuk[a]?emias?|macroglobulin[a]?emia|cells?|bod(?:y|ies)|nodes?|nodules?|glands?|ducts?|canals?|ligaments?|fascia|muscle|tubercles?|plaques?|patch(?:es)?|spots?|lines?|rings?|crescents?"
    r"|web|ulcers?|esophagus|oesophagus|diverticulum|diverticula|thyroiditis|encephalitis|encephalopathy|arthropathy|arteritis|vasculitis|granulomatosis|purpura|an[a]?emia|spherocytosis|nephropathy|neuropathy|fractures?|dislocation"
    r"|lesions?|tears?|incision|excision|flap|graft|approach|technique|method|protocol|regimen|trial|study|model|curve|equation|formula|estimate|rule|law|catheter|catheters|tube|tubes|drains?|bulb|ports?|pumps?|shunts?|stents?|clamps?"
    r"|forceps|retractors?|scissors|needles?|wires?|pins?|screws?|rods?|plates?|nails?|splints?|brace|braces|collars?|cast|boots?|stockings?|bandage|dressing|balloon|filter|valves?|monitor|monitoring|mask|stain|stains|staining|smear|smears"
    r"|medium|agar|culture|antigen|antibod(?:y|ies)|virus|bacill(?:us|i)|organism|infection|fever|gangrene|spirochete|toxin|factor|protein|proteinuria|mutation|translocation|chromosome|gene|exam|examination|questionnaire|inventory|scan"
    r"|ultrasound|view|angle|space|pain|point|tenderness|murmur|respirations?|breathing|breath|rhythm|block|waves?|interval|phase|period|rate|ratio|unit|units|laws|type|thickness|depth|level|levels|lesion|hepatitis|jaundice|colitis|ileitis"
    r"|enterocolitis|agammaglobulinemia|hemangioma|naevus|nevus|melanoma|amyloidosis|histiocytosis|ophthalmopathy|orbitopathy|goiter|goitre|struma|exophthalmos|tremor|dementia|seizures?|epilepsy|aphasia|area|gyrus|fissure|sulcus|lobe"
    r"|syncope|attacks?|headache|vertigo|edema|oedema|effusion|abscess|empyema|enema|diet|bath|solution|lactate|pad|gown|frame|bed|tongs|halo|marker|markers|assay|system|ladder|staging|GPS|performance|functional|coma|equivalent|exercises?)"
)
_EPONYM_AFTER = re.compile(
    rf"(?:['’]s?)?(?:[- ](?:[A-Za-z][\w'’-]{{1,20}}|[A-Z]{{1,4}}))?[- ](?:{_HEADS})\b", re.IGNORECASE
)
_EPONYM_NOW = re.compile(
    rf"(?:['’]s?)?[- ]{{1,2}}(?:{_HEADS})\b|(?:['’]s)?[ ](?:positive|negative|pos|neg)\b|['’]s\b(?=\s(?:\(|(?:dz|dx|sx)\b))",
    re.IGNORECASE,
)
_GRADED_BEFORE = re.compile(
    r"(?:grade|stage|class|score|type|category|modified|positive|negative|anti|non|s/p)[-\s]{1,2}$", re.IGNORECASE
)
_GRADED_AFTER = re.compile(
    r"\s?(?:grade|score|stage|class|type|category)?\s?(?:[0-9]|I{1,3}V?\b|IV\b|[A-D]\d?\b(?!/)|\+)"
)
_DRUG = re.compile(
    r".{2,}(?:mab|nib|lib|tinib|ciclib|parib|rafenib|metinib|zomib|limus|cillin|mycin|micin|floxacin|azole|prazole|sartan|pril|olol|dipine|statin|vastatin|gliptin|gliflozin|glutide|tide|formin|thiazide|semide|zosin|terol|sone|solone|onide"
    r"|olone|caine|curium|fentanil|barbital|azepam|zolam|pam|triptan|setron|pitant|dronate|platin|rubicin|taxel|bulin|tecan|poside|trexed|trexate|citabine|abine|ribine|purine|mustine|fosfamide|lidomide|degib|denib|sidenib|clax|stim|grastim|poetin|kinra|cept|ase|vir|buvir|navir|tegravir|vudine|cycline|oxacin|bactam|penem|cef|sulfa|zine|pramine|triptyline|oxetine|dopa|giline|lukast|phylline|tropium|steride|relin|relix|lutamide|oxifene|rozole|anib|xaban|gatran|parin|grel|plase|fibrate|gevity|cel|leucel)"
    r"(?:[- ][a-z]{4})?"
)  # fmt: skip
_CLINICAL_TAIL = re.compile(
    r".{4,}(?:fraktur(?:en)?|insuffizienz|entzundung|schmerz(?:en)?|behandlung|untersuchung|befunde?|verlauf|therapie|erkrankung|storung|karzinom|versagen|infarkt|prothese|blutung|schwache|lahmung|stutzen|versorgung|heilung|messung|bestrahlung|schwellung|drusen?|gelenks?|gewebe|pflege|aufnahme|entlassung|beschwerden|klinik|abteilung|ontsteking|onderzoek|klachten)"
    r"|.{3,}(?:itis|osis|oses|emia|aemia|oma|omas|omata|opathy|ectomy|ostomy|otomy|oscopy|plasty|graphy|gram|algia|uria|penia|cytosis|megaly|rrhea|rrhoea|plegia|paresis|phagia|pnea|pnoea|trophy|plasia|genesis|genic|lytic|cytic|blastic|static|ologic|ological|ology|ologist|iatric|iatrics|metry|meter|scope|scopic|tomy|pexy|desis|centesis|stasis|ectasis|ectasia|sclerosis|stenosis|thrombosis|embolism|ischemia|necrosis|fibrosis|edema|itic|otic|emic|thelial|cellular|nuclear|tropic|philic|philia|phobia|mycosis|coccus|cocci|bacter|bacillus|virus|viral|globulin|protein|kinase|receptor|ergic|amine|azine|idine|oxide|chloride|sulfate|phosphate|citrate|acetate|sodium|hydrate)s?"
)  # fmt: skip


_FOLLOWING = re.compile(r"[- ]([\w'’-]{2,20})")


def eponym_use(text: str, start: int, end: int) -> bool:
    """Whether the stretch stands for a disease, sign, test or device that bears a person's name."""
    after = text[end : end + 48]
    if _EPONYM_NOW.match(after) or _device_use(text, start, end):
        return True
    folded = lexicon.fold_word(text[start:end])
    if following := _FOLLOWING.match(after):
        other = lexicon.fold_word(following[1])
        if f"{folded} {other}" in lexicon.eponyms() or (
            folded.rpartition(" ")[2] in lexicon.eponyms() and clinical_shape(other)
        ):
            return True
    token = folded.removesuffix("'s")
    if ((" " in token or "-" in token) and token in lexicon.eponyms()) or _within_eponym(text, start, end, token):
        return True
    parts = token.replace("-", " ").replace(".", " ").split()
    if token not in lexicon.eponyms() and not (parts and all(part in lexicon.eponyms() for part in parts)):
        return False
    if token in _ALONE and _HAD_BEFORE.search(text, max(0, start - 20), start) and not re.match(r"\s[A-Z]", after):
        return True
    if token not in _NAMES_TOO and not any(part in lexicon.english_names() for part in (token, *parts)):
        return True
    return bool(
        _EPONYM_AFTER.match(after)
        or _GRADED_BEFORE.search(text[max(0, start - 12) : start])
        or _GRADED_AFTER.match(after)
    )


@cache
def _of_several_words() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """Return for each word the eponyms of several words that it stands in."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for eponym in sorted(lexicon.eponyms()):
        if " " in eponym:
            pattern = re.compile(re.escape(eponym), re.IGNORECASE)
            for word in set(eponym.split(" ")):
                found.setdefault(word, []).append(pattern)
    return {word: tuple(patterns) for word, patterns in found.items()}


def named_after(text: str, at: int) -> bool:
    """Whether what is named after a person follows: `disease`, `esophagectomy`."""
    following = re.match(r"[- ]([\w'’-]{2,24})", text[at : at + 26])
    named = following is not None and clinical_shape(lexicon.fold_word(following[1]))
    return named or bool(_EPONYM_NOW.match(text[at : at + 48]))


def _within_eponym(text: str, start: int, end: int, token: str) -> bool:
    """Whether a word is part of an eponym of several words and what that names follows: `Ivor Lewis esophagectomy`."""
    for pattern in _of_several_words().get(token, ()):
        for match in pattern.finditer(text, max(0, start - 30), end + 30):
            if match.start() <= start and end <= match.end():
                return named_after(text, match.end())
    return False


#: Eponyms that stand for the disease or score without its noun.
_ALONE = frozenset(
    "graves hodgkin hodgkins crohn crohns parkinsons alzheimer alzheimers cushings addisons raynaud raynauds pagets wilsons".split()  # noqa: SIM905
)
#: Eponyms that are surnames of many living persons: only what stands around them tells which is meant.
_NAMES_TOO = lexicon.word_set("eponyms_names_too")
_HAD_BEFORE = re.compile(
    r"\b(?:with|for|of|has|had|have|known|possible|probable|suspected|likely|active|treated|\?)\s?$", re.IGNORECASE
)
_DEVICES = lexicon.word_set("plausible_devices")
_DEVICE_BEFORE = re.compile(
    r"\b(?:the|a|an|his|her|their|with|via|indwelling|new|no|has|had|remove|removed|placed|place|insert(?:ed)?|d/c|dc|keep|maintain|w/)\s(?:\d{2}\s?fr\w*\s)?$",
    re.IGNORECASE,
)
_DEVICE_AFTER = re.compile(
    r"\s(?:was |is |were |has been |had been )?(?:removed|in place|in situ|draining|placed|inserted|out|intact|patent|cath|d/c|dc'?d|to gravity|care|bag|leaking|clamped|flushed|exchanged)",
    re.IGNORECASE,
)


def _device_use(text: str, start: int, end: int) -> bool:
    """Whether an eponym without its noun stands for the device: `the Foley was removed`."""
    if text[start:end].lower() not in _DEVICES:
        return False
    return bool(_DEVICE_BEFORE.search(text[max(0, start - 24) : start]) or _DEVICE_AFTER.match(text, end))


def of_mixed_form(written: str) -> bool:
    """Whether one word is made as devices, assays and double eponyms are: capitals inside, no part a mere name."""
    parts = [lexicon.fold_word(part).removesuffix("'s") for part in re.split(r"[-–]", written) if part]
    if len(parts) > 1:
        return any(part in lexicon.eponyms() or lexicon.is_word(part) or len(part) == 1 for part in parts)
    return written[1:2].islower() and not written[1:].islower() and not re.match(r"(?:Mc|Mac|De|Di|La|Le|Van|O['’])[A-Z]", written)  # fmt: skip


@lru_cache(maxsize=30_000)
def clinical_shape(word: str) -> bool:
    """Whether a lower-case word has the ending of a drug, disease, procedure or laboratory term and is no known name."""
    if word in lexicon.clinical_words():
        return True
    if lexicon.is_name(word):
        return False
    return bool(_DRUG.fullmatch(word) or _CLINICAL_TAIL.fullmatch(word))


@lru_cache(maxsize=30_000)
def unknown(word: str) -> bool:
    """Whether a lower-case word is neither a common word nor shaped like a clinical term: it may be a name."""
    return (
        len(word) > 1
        and not lexicon.is_word(word)
        and not clinical_shape(word)
        and not _is_slip(word)
        and not _CONTRACTION.search(word)
    )


_CONTRACTION = re.compile(r"'(?:m|re|ve|ll|d|t|em|all|s)$")


def _is_slip(word: str) -> bool:
    """Whether two neighbouring letters swapped make a common word: a slip of the keyboard, no name."""
    return len(word) > 5 and any(
        lexicon.is_word(word[:at] + word[at + 1] + word[at] + word[at + 2 :]) for at in range(1, len(word) - 1)
    )


@lru_cache(maxsize=30_000)
def could_be_name(word: str) -> bool:
    """Whether a lower-case word is a known name or a word known from nowhere."""
    if word in lexicon.clinical_words() and word not in lexicon.english_names():
        return False
    return lexicon.is_name(word) or unknown(word)
