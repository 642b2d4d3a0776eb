"""Shapes of single values as RE2 patterns, each for a whole trimmed cell."""

from __future__ import annotations

from collections.abc import Mapping

from deid.profiling.screen import EMAIL, IP_V4, PHONE, PUBLISHED_HOSTS, SSN
from deid.years import MONTH_NAMES

_TIME = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]\.?m\.?)?"
_ZONE = r"( ?(z|utc|[+-]\d{2}:?\d{2}))?"
_AFTER = rf"([t ,]+{_TIME}{_ZONE})?"
_YEAR = r"(1[89]|20|21)\d{2}"
_MONTH = rf"({MONTH_NAMES})"
_OF = r"((de|del|di|of) )?"
_WEEKDAY = r"((mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]*\.?,? )"
_D1 = r"(0?[1-9]|[12]\d|3[01])"
_M1 = r"(0?[1-9]|1[0-2])"
_AGE_UNIT = r"(y|yo|yrs?|years?( old)?|months?|mos?|m|d|days?|w|wks?|weeks?|jahre?|ans|a[nñ]os|anni)"
_STREET_END = (
    r"(st|street|rd|road|ave?|avenue|blvd|boulevard|ln|lane|dr|drive|ct|court|pl|place|way|ter"
    r"|terrace|pkwy|parkway|hwy|highway"
    r"|cir|circle|sq|square|crescent|close|row|alley|loop|trail|plaza|pike|route|mews|gardens|grove|quay)"
)

SHAPE: Mapping[str, str] = {
    "number": r"^[+-]?(\d+([.,]\d+)?|[.,]\d+|\d{1,3}(,\d{3})+(\.\d+)?)([eE][+-]?\d+)?$",
    "integer": r"^[+-]?\d+([.,]0+)?$",
    "leading_zero": r"^0\d+$",
    "compared": r"^[<>≤≥~=]=? ?[+-]?\d+([.,]\d+)?",
    "quantity": r"^[<>≤≥]?=? ?[+-]?\d+([.,]\d+)? ?[\[{(]?[A-Za-zµμ%°/][\w%µμ°/^*.·\[\]{}-]{0,15}$",
    "ratio": r"^\d{1,3}([.,]\d+)? ?/ ?\d{1,3}([.,]\d+)?$",
    "iso_date": rf"(?i)^{_YEAR}[-/.](0?[1-9]|1[0-2])[-/.]{_D1}{_AFTER}$",
    "partial_date": rf"^{_YEAR}-(0[1-9]|1[0-2])$",
    "year": rf"^{_YEAR}(\.0)?$",
    "slash_date": rf"(?i)^{_WEEKDAY}?({_D1}[-/.]{_M1}|{_M1}[-/.]{_D1})[-/.]({_YEAR}|\d{{2}}){_AFTER}$",
    "month_date": (
        rf"(?i)^{_WEEKDAY}?({_D1}(st|nd|rd|th|er|\.|º|°)?[-/ ]{{0,2}}{_OF}{_MONTH}\.?[-/ ,]*{_OF}({_YEAR}|\d{{2}})"
        rf"|{_MONTH}\.? {_D1}(st|nd"
        rf"|rd|th)?,? ?{_YEAR}"
        rf"|{_MONTH}\.?[-/ ]?{_OF}{_YEAR}|{_YEAR}[-/ ]?{_MONTH}[-/ ]?{_D1}?){_AFTER}$"
    ),
    "day_and_month": (
        rf"(?i)^{_WEEKDAY}?"
        rf"({_D1}(st|nd|rd|th|\.)?[-/ ]?{_MONTH}\.?|{_MONTH}\.?[-/ ]?{_D1}(st|nd|rd|th)?)$"
    ),
    "sas_date": rf"(?i)^{_D1}{_MONTH}({_YEAR}|\d{{2}})(:{_TIME})?$",
    "compact_date": rf"^{_YEAR}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])[0-5]\d([0-5]\d)?)?$",
    "digits_year_last": (
        r"^((0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2]))"
        rf"{_YEAR}( ([01]\d|2[0-3])[0-5]\d([0-5]\d)?)?$"
    ),
    "six_digits": r"^\d{6}( ([01]\d|2[0-3])[0-5]\d([0-5]\d)?)?$",
    "time": rf"(?i)^t?([01]?\d|2[0-4]):[0-5]\d(:[0-5]\d(\.\d+)?)?( ?[ap]\.?m\.?)?{_ZONE}$",
    "compact_time": r"^([01]\d|2[0-3])[0-5]\d([0-5]\d)?(\.\d+)?$",
    "duration": r"^-?P(T?\d+(\.\d+)?[YMWDHS])+$",
    "holds_date": (
        rf"(?i)(^|[^\w.-])({_YEAR}-\d{{2}}-\d{{2}}|{_D1}[/.]{_D1}[/.]{_YEAR}"
        rf"|{_D1}[- ]{_MONTH}[- ,]+{_YEAR})($|[^\w-]|t\d)"
    ),
    "uuid": r"(?i)^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$",
    "hex_digest": r"(?i)^[0-9a-f]{24,128}$",
    "email": rf"^(mailto:)?{EMAIL}$",
    "address_of_web": r"(?i)^(https?://|ftp://|www\.)\S+$|^[a-z0-9-]+(\.[a-z0-9-]+)*\.(org|com|net|edu|gov|io)/\S*$",
    "ip": rf"^{IP_V4}$|(?i)^([0-9a-f]{{0,4}}:){{3,7}}[0-9a-f]{{0,4}}$",
    "ssn": rf"^{SSN}$",
    "nine_digits": r"^\d{9}$",
    "national_id": (
        r"^([A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]|[1278] ?\d{2} ?(0[1-9]"
        r"|1[0-2]) ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}"
        r"|[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]|\d{3}\.\d{3}\.\d{3}-\d{2}"
        r"|756\.\d{4}\.\d{4}\.\d{2}|\d{6}[-+A]\d{3}[\dA-Z]"
        r"|\d{8}-?[A-Z]|[XYZ]-?\d{7}-?[A-Z]|(19|20)?\d{6}[-+]\d{4}|\d{2} ?\d{6} ?[A-Z] ?\d{3}|\d{3} \d{3} \d{3})$"
    ),
    "last_four": r"^([*xX]{3}-?[*xX]{2}-?)?\d{4}$",
    "phone": r"^\(?\+?\(?\d[\d().\-/ ]{4,18}\d( ?(x|ext\.?|#) ?\d{1,6})?$",
    "phone_plain": r"^(\+?1)?[2-9]\d{2}[2-9]\d{6}$|^0\d{8,11}$",
    "phone_strict": rf"^{PHONE}( ?(x|ext\.?|#) ?\d{{1,6}})?$",
    "zip": r"^\d{5}(-?\d{4})?$",
    "zip_short": r"^(\d{3,4}|\d{3}(\*\*|XX|xx|00)|\d{7,8})$",
    "postcode_letters": r"(?i)^([a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z][ -]?\d[a-z]\d|\d{4} ?[a-z]{2})$",
    "postcode_digits": r"(?i)^([a-z]{1,2}[- ])?(\d{4,7}|\d{2}-\d{3}|\d{3} \d{2}|\d{5}-\d{3}|\d{3}-\d{4})$",
    "street": (
        rf"(?i)^\d{{1,6}}[a-z]?,? .*\b{_STREET_END}\b|\bp\.? ?o\.? box \d|\w+(str\.|straße|strasse|weg"
        rf"|gasse|platz|allee|straat|laan|gatan|vej) ?\d"
        r"|^\d{0,5},? ?(bis |ter )?(rue|chemin|impasse|all[ée]e) \w|^(calle|c/|via|viale|piazza|rua"
        r"|avenida|avda\.?|av\.|plaza|paseo) .*\d"
    ),
    "age_band": (
        r"(?i)^([<>≤≥]=? ?\d{1,3}|\d{1,3} ?(-|–|to|bis|à|-<|_) ?[<]?=? ?\d{1,3}|\d{1,3} ?\+"
        r"|[\[(] ?\d{1,3} ?, ?\d{1,3} ?[\])]|\d0s"
        r"|(under|over|unter|über|bis|ab|moins de|plus de) \d{1,3}|\d{1,3} (and|or) (over|older|above"
        r"|more|under|younger))"
        rf"( ?{_AGE_UNIT})?$"
    ),
    "age_text": (
        rf"(?i)^(\d{{1,3}}([.,]\d+)? ?{_AGE_UNIT}\.?([ ,]*(and )?\d{{1,2}} ?{_AGE_UNIT}\.?)?|P\d+[YMWD](\d+[MWD])?)$"
    ),
    "decimal_degrees": r"^[+-]?(1[0-7]\d|\d{1,2})[.,]\d{3,}$",
    "icd10_dot": r"^[A-TV-Z]\d[0-9AB]\.[0-9A-Z]{1,4}$",
    "icd10": r"^[A-TV-Z]\d[0-9AB](\.?[0-9A-Z]{1,4})?[+*!]?$",
    "icd9": r"^(V\d{2}|E\d{3}|\d{3})(\.?\d{1,2})?$",
    "grade": r"(?i)^(G\d{1,2} ?P\d{1,2}( ?A\d{1,2})?( ?L\d{1,2})?|R[0-3][AS]? ?M[01]( ?P[01])?)$",
    "topography": r"(?i)^C([0-7]\d|80)\.\d$",
    "sequence_type": r"^(ST|CC|SLV|t)-?\d{1,5}$",
    "procedure": r"^(\d{5}|\d{4}[A-Z]|[A-V]\d{4})(-[0-9A-Z]{2})?$",
    "icdo": r"^\d{4}/\d$",
    "loinc": r"^\d{1,5}-\d$",
    "digits_6_18": r"^\d{6,18}$",
    "atc": r"^[A-DGHJLMNPRSV]\d{2}[A-Z]{2}\d{2}$",
    "ndc": r"^\d{4,5}-\d{3,4}-\d{1,2}$",
    "tnm": (
        r"(?i)^[cpyra]{0,2}(T([0-4x]|is)|N[0-3x]|M[01x])[a-d]?\d?(\(.*\)|mi|sn|is|i[+-])?$|^(stage )?(0"
        r"|I{1,3}|IV)[A-C]?\d?$"
    ),
    "published": PUBLISHED_HOSTS,
    "nci": r"^C\d{4,6}$",
    "code_token": r"^[A-Za-z]{0,6}[-_:.]?\d[\w.:/-]{0,18}$|^[A-Z][A-Za-z0-9_.:/|-]{0,24}$",
    "code_list": r"^[\w.:-]+([|;,^~] ?[\w.:-]+)+$",
    "system": (
        r"(?i)^(urn:(oid|uuid|iso|ietf):?\S+|[0-2](\.\d+){4,}|https?://\S+|loinc|snomed( ?-?ct)?|sct"
        r"|icd-?(9|10|11|o)\S*( .*)?|rxnorm|ndc|cpt-?4?|hcpcs|atc|ucum|meddra"
        r"|cvx|mesh|umls|nci ?t?|ncit|hl7\S*|cdisc|dsm\S*|ops|opcs\S*|read|read ?v?\d|gmdn|unii|med-rt"
        r"|ndf-?rt|omop.*|race|ethnicity|gender|visit|concept class"
        r"|code-?system\S*|v?\d+(\.\d+){1,3}|whodrug.*|drugbank|hpo|omim|orphanet|iso ?\d+.*)$"
    ),
    "gene": (
        r"^((N[MPRCGT]_\d+(\.\d+)?|ENS[A-Z]*\d{6,}(\.\d+)?|LRG_\w+|chr[\dXYM]{1,2})?:?\(?[cgpnmr]\.\S+"
        r"|rs\d{3,}.*|COSM\d+.*|ENS[A-Z]{0,4}[GTPRE]\d{6,}(\.\d+)?"
        r"|[NX][MRPGCT]_\d+(\.\d+)?.*|[ACGTN]{1,60}|-|CCDS\d+(\.\d+)?|UPI[0-9A-F]{10}|[A-Z0-9]+_HUMAN.*"
        r"|[A-Z]\d{1,5}([A-Z*=]|fs\S*|del|dup|ins\S*)"
        r"|(chr)?([1-9]|1\d|2[0-2]|X|Y|MT?)|(chr)?[\dXY]{1,2}:\d+\S*)$"
    ),
    "hgvs": (
        r"^(N[MPRCG]_\d+(\.\d+)?:|ENS[TP]\d+(\.\d+)?:)?[cgp]\.\S{3,}$|^rs\d{4,}$|^ENS[GTP]\d{6,}(\.\d+)?$"
        r"|^[NX][MRPG]_\d{5,}(\.\d+)?$"
    ),
    "gene_symbol": r"^[A-Z][A-Z0-9]{1,8}(-[A-Z0-9]{1,4})?$",
    "udi": r"^\(01\)\d{14}|^\+[A-Z]\d{3}|^01\d{14}(11|17|10|21)",
    "seventeen": r"^[A-HJ-NPR-Za-hj-npr-z0-9]{17}$",
    "iban": r"^[A-Z]{2}\d{2} ?[A-Z0-9]{4}[A-Z0-9 ]{7,27}$",
    "title": (
        r"(?i)^(dr|prof|professor|mr|mrs|ms|miss|herr|frau|mme|mlle|monsieur|madame|dott|dra?|sr|sra|sig|dhr|mevr|pan|pani"
        r"|sister|nurse)\b\.? ?\p{L}"
        r"|, ?(md|do|rn|np|phd|pa-c|frcp|mbbs)\.?$"
    ),
    "person": (
        r"^([\p{L}][\p{L}'’.\-]*\d{0,3},? ){1,4}[\p{L}][\p{L}'’.\-]*\d{0,3}\.?$"
        r"|^[\p{L}][\p{L}'’\- ]+, ?[\p{L}][\p{L}'’.\- ]*$"
    ),
    "initialled": (
        r"^(\p{Lu}\. ?){1,3}(von |van |de |der |den )*\p{Lu}[\p{L}'’\-]{2,}$"
        r"|^(von |van |de )*\p{Lu}[\p{L}'’\-]{2,}, ?\p{Lu}\.( ?\p{Lu}\.)?$"
    ),
    "one_name": r"^[\p{L}][\p{L}'’\-]+\d{0,3}( [\p{L}][\p{L}'’.\-]*\d{0,3}){0,2}$",
    "dotted": r"^(\p{Lu}\. ?){1,4}(-?\p{Lu}\.)?$",
    "initials": r"^[A-Z]{2,4}$|^([A-Z]\. ?){2,4}$|^[A-Z]-[A-Z]{1,2}$|^[A-Z]\.?$",
    "label": r"^[\p{L}][\p{L}\d ,/()&'’+.\-_:%<>=]*$",
    "letters": r"^[\p{L}][\p{L} .'’\-/()]*$",
    "token": r"^\S{1,48}$",
    "identifier": r"^\S*\d{3}\S*$",
    "with_digit": r"\d",
    "sentence": r"[a-z)][.!?;](\s|$)|\n",
    "caret_name": r"^[\p{L}'’ .-]{2,}(\^[\p{L}'’ .-]*){1,6}$",
    "nucleotides": r"^[ACGTN+-]{6,60}$",
    "version": r"^v?\d{1,2}(\.\d{1,3}){1,3}$",
    #: A cell that holds a document of its own: HTML aside, what stands in its fields is not looked into.
    "document": (r"(?s)^\s*(<\?xml|<[A-Za-z][\w:.-]*(\s[^>]*)?>.*</|[{\[]\s*[\"'{\[]|(MSH|PID|NK1|PV1|OBX)\|)"),
    "path": r"^([A-Za-z]:|~)?[\\/]*([^\\/:*?<>|]+[\\/])+[^\\/:*?<>|]+\.[A-Za-z]\w{1,4}(\.gz)?$",
    "html": r"(?i)^\s*<(!doctype|html|body|div|p|span|br|b|i|ul|ol|table|h[1-6])\b",
    "foreign": (
        r"^\P{Latin}*(\p{Greek}{2}|[\p{Arabic}\p{Hebrew}\p{Cyrillic}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
        r"\p{Thai}\p{Devanagari}\p{Bengali}\p{Tamil}\p{Armenian}\p{Georgian}])\P{Latin}*$"
    ),
    "barcode": r"^[A-Z]{2,6}-[A-Z0-9]{2}-[A-Z0-9]{4}(-\w{2,4})*$",
    "unit": (
        r"^(%|[kmcdnpuµμf]?(g|l|L|m|mol|U|IU|Eq|Hg|Pa|s|Bq|Ci|osm|Osm)|kg|lb|lbs|oz|in|inch(es)?|ft|cm|mm"
        r"|mmHg|mm\[Hg\]|bpm|sec(onds)?|min(utes)?|h|hr|hours?|days?|weeks?|months?|years?"
        r"|DAYS?|WEEKS?|MONTHS?|YEARS?|HOURS?|MINUTES?|C|F|°C|°F|deg\w*|kat|ratio|RATIO|titer|score"
        r"|\{\w+\}|10\S+|x?10\S+|\w{1,6}/\S{1,12}|/\S{1,10}|beats/min|BEATS/MIN|breaths/min|cells\S*"
        r"|tablets?|TABLET|capsules?|CAPSULE|drops?|puffs?|units?|UNITS?|IU|mIU|U|index|fL|pg|mEq|mg|ug"
        r"|mcg|ng|MBq|\[\w+\]|\[\w+\]/\S+|kPa|cal|kcal|kJ|ms|msec|um|mm2|m2|kg/m2|Caliper unit|Jahre|Tage"
        r"|jours|ans)$"
    ),
}
