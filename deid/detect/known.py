"""What the record knows: identifiers that the tables hold about a subject, found in the subject's notes in any spelling."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from deid.detect import lexicon, plausible
from deid.detect.known_cores import core_spans
from deid.detect.known_digits import last_digits
from deid.detect.known_fused import fused_spans
from deid.detect.known_initials import initial_spans
from deid.detect.known_standing import run_of, standing_spans, word_of
from deid.detect.reading import TOKEN
from deid.detect.shared_facts import Offered, SharedFacts, Spelling
from deid.detect.worth import SLIP_FROM
from deid.model import Known, Span

_NO_NAMES = frozenset("dr mr mrs ms md rn jr sr ii iii phd de la van von der den del di da st al el do prof".split())  # noqa: SIM905
NAME_KINDS = frozenset({"person_name", "given_name", "family_name", "clinician_name"})
_PLACE_KINDS = frozenset({"street_address", "city", "site", "organisation", "state", "country"})
_SKIP = frozenset(
    {
        "sex",
        "race",
        "ethnicity",
        "year",
        "age",
        "age_band",
        "flag",
        "category",
        "state",
        "country",
        "marital_status",
        "language",
        "religion",
    }
)
_GENERIC = lexicon.word_set("known_generic")  # fmt: skip
#: Short forms of given names.
NICKNAMES = {
    "alexander": "alex sandy xander", "alexandra": "alex sandra lexi", "andrew": "andy drew", "anthony": "tony", "barbara": "barb babs", "benjamin": "ben benny", "catherine": "cathy cate kate", "charles": "charlie chuck chas",
    "christine": "chris chrissy tina", "christopher": "chris kit topher", "cynthia": "cindy", "daniel": "dan danny", "david": "dave davy", "deborah": "deb debbie", "donald": "don donny", "dorothy": "dot dotty dottie", "edward": "ed eddie ned ted teddy",
    "eleanor": "ellie nell nora", "elizabeth": "liz beth betty lizzie eliza betsy libby", "frances": "fran frannie", "francis": "frank", "frederick": "fred freddie", "gabriel": "gabe", "gerald": "gerry jerry", "gregory": "greg", "harold": "harry hal",
    "henry": "hank harry", "jacob": "jake", "jacqueline": "jackie", "james": "jim jimmy jamie", "janet": "jan", "jeffrey": "jeff", "jennifer": "jen jenny", "jessica": "jess jessie", "john": "jack johnny jon", "jonathan": "jon jonny", "joseph": "joe joey",
    "joshua": "josh", "judith": "judy", "katherine": "kate kathy katie kat", "kathleen": "kathy kath", "kenneth": "ken kenny", "kimberly": "kim", "lawrence": "larry", "leonard": "len lenny", "louis": "lou louie", "margaret": "maggie meg peggy marge greta",
    "matthew": "matt", "melissa": "mel missy", "michael": "mike mick mickey", "michelle": "shelly", "nancy": "nan", "nathaniel": "nate nat", "nicholas": "nick nicky", "pamela": "pam", "patricia": "pat patty tricia trish", "patrick": "pat paddy",
    "peter": "pete", "philip": "phil", "phillip": "phil", "raymond": "ray", "rebecca": "becky becca", "richard": "rick rich dick ricky", "robert": "bob bobby rob robbie", "ronald": "ron ronnie", "samantha": "sam", "samuel": "sam sammy", "sandra": "sandy",
    "stephanie": "steph", "stephen": "steve", "steven": "steve", "susan": "sue susie suzy", "theodore": "ted teddy theo", "theresa": "terry tess", "thomas": "tom tommy", "timothy": "tim timmy", "victoria": "vicky tori", "virginia": "ginny", "walter": "walt wally",
    "william": "bill billy will willie liam", "zachary": "zach zack",
}  # fmt: skip


_WORD_END, _WORD_START = re.compile(r"[^\W\d_]{1,2}[^\w\s]*\s\W*"), re.compile(r"[^\w\s]*\s\W*[^\W\d_]{1,2}$")


@cache
def _long_forms() -> dict[str, tuple[str, ...]]:
    """Return for each short form the given names that it may stand for."""
    forms: dict[str, tuple[str, ...]] = {}
    for name, short in NICKNAMES.items():
        for nickname in short.split():
            forms[nickname] = (*forms.get(nickname, ()), name)
    return forms


class Compact:
    """The letters and digits of a text alone, in lower case, with the place of each: spelling without separators."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = array("l", [place for place, char in enumerate(text) if char.isalnum()])
        self.letters = "".join(text[place] for place in self.at).lower()
        if len(self.letters) != len(self.at):
            self.letters = "".join(text[place].lower()[0] for place in self.at)

    def find(self, needle: str) -> Iterator[tuple[int, int]]:
        """Yield every stretch whose letters and digits are the needle's and that no letter or digit continues.

        Ends of other words are left aside: 'R. Vale' stands in 'Dr. Vale' from the name on.
        """
        place = self.letters.find(needle)
        while place >= 0:
            start, end = self.at[place], self.at[place + len(needle) - 1] + 1
            if self._whole(start, end, needle) and end - start <= 4 * len(needle) + 12:
                yield self._at_words(start, end)
            place = self.letters.find(needle, place + 1)

    def _at_words(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch without one or two letters at an end that belong to a word beside the name."""
        found, text = self.text[start:end], self.text
        head, tail = _WORD_END.match(found), _WORD_START.search(found)
        if head and text[start - 1 : start].isalpha():
            start += head.end()
        if tail and text[end : end + 1].isalpha():
            end -= len(tail[0])
        return start, end

    def _whole(self, start: int, end: int, needle: str) -> bool:
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        if len(needle) >= 7:
            digits = needle.isdigit()
            return not (digits and (before.isdigit() and after.isdigit()))
        return not before.isalnum() and not after.isalnum()


def find_known(text: str, known: Iterable[Known]) -> list[Span]:
    """Return where a text names what the record knows. Texts are folded views; `known` comes in its table's spelling."""
    known = tuple(known)
    if not known:
        return []
    compact, lowered = Compact(text), text.lower()
    own, shared = _own_and_shared(known)
    facts = [*own, *_SHARED.worth_looking_for(shared, _offered(text, compact.letters, lowered))] if shared else own
    names: dict[str, str] = {}
    spans: list[Span] = []
    for fact in facts:
        if fact.kind in _SKIP or not fact.text.strip():
            continue
        if fact.kind in NAME_KINDS:
            for word, kind in _name_tokens(fact).items():
                names.setdefault(word, kind)  # the first to claim a word keeps it
        for needle in _needles(fact):
            spans.extend(Span(start, end, fact.kind, 1.0, "known") for start, end in compact.find(needle))
        if fact.kind in _PLACE_KINDS and _place_key(fact) in lowered:
            spans.extend(_place_spans(text, fact))
            spans.extend(core_spans(text, fact))
    spans.extend(last_digits(text, own))
    spans.extend(fused_spans(text, compact.letters, own))
    if names or any(_name_tokens(fact) for fact in shared if fact.kind in NAME_KINDS):
        spans.extend(_name_spans(text, names))
        spans.extend(initial_spans(text, [*own, *shared]))
    standing = standing_spans(text, (fact for fact in facts if fact.kind not in _SKIP))
    return [*spans, *(span for span in standing if not _is_within(span, spans))]


def _is_within(span: Span, others: Iterable[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)


def _own_and_shared(known: tuple[Known, ...]) -> tuple[list[Known], list[Known]]:
    """Return the facts of the record itself, which come first everywhere, and those that every note is searched for."""
    return (
        [fact for fact in known if fact.kind not in SHARED_KINDS],
        [fact for fact in known if fact.kind in SHARED_KINDS],
    )


def _offered(text: str, letters: str, lowered: str) -> Offered:
    """Return what a text offers to facts that are filed by their spelling."""
    bare = {_folded(token).removesuffix("'s") for token in TOKEN.findall(text)}
    words = {part for word in bare if "-" in word for part in word.split("-")} | bare
    words.update(_LATIN.findall(lowered))
    odd = frozenset(word for word in bare if len(word) >= SLIP_FROM and not lexicon.is_word(word))
    return Offered(frozenset(words), odd, letters, lowered)


def _spelling(fact: Known) -> Spelling:
    """Return how a fact may be written, as `find_known` looks for it."""
    if not fact.text.strip():
        return Spelling((), (), None)
    words = tuple(_name_tokens(fact)) if fact.kind in NAME_KINDS else ()
    words += tuple(filter(None, [_folded(word_of(fact.text))]))
    needles = tuple(dict.fromkeys(filter(None, [*_needles(fact), run_of(fact.text)])))
    return Spelling(words, needles, _place_key(fact) if fact.kind in _PLACE_KINDS else None)


_LATIN = re.compile(r"[a-z'-]+")
_SHARED = SharedFacts(_spelling)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return lexicon.fold_word(text)


def _alnum(text: str) -> str:
    return "".join(char for char in _folded(text) if char.isalnum())


@lru_cache(maxsize=50_000)
def _needles(fact: Known) -> list[str]:
    """Return the spellings of a fact without separators that are long enough to be searched for."""
    plain = _alnum(fact.text)
    forms = [plain]
    digits = re.sub(r"\D", "", fact.text)
    if fact.kind in ("phone", "fax"):
        forms += [digits, digits[-10:], digits[-7:]] if len(digits) >= 10 else [digits]
    elif fact.kind in NAME_KINDS:
        words = re.findall(r"[^\W\d_]+", _folded(fact.text))
        forms = ["".join(words), "".join(reversed(words))] if len(words) > 1 else []
    elif fact.kind in ("birth_date", "death_date", "date") and len(digits) >= 8 and re.match(r"\d{4}\D", fact.text):
        year, month, day = digits[:4], digits[4:6], digits[6:8]
        forms = [year + month + day, month + day + year, day + month + year]
    elif fact.kind in (
        "record_number",
        "subject_id",
        "account_number",
        "health_plan_number",
        "sample_id",
        "licence_number",
    ):
        forms.append(plain.lstrip("0"))
        parts = [part for part in re.split(r"[^A-Za-z0-9]", fact.text) if part]
        if fact.kind == "subject_id" and len(parts) > 2:
            forms.append(_alnum("".join(parts[-2:])))
    return [form for form in dict.fromkeys(forms) if len(form) >= (4 if any(c.isdigit() for c in form) else 5)]


@lru_cache(maxsize=50_000)
def _name_tokens(fact: Known) -> dict[str, str]:
    """Return the words of a name, with nicknames, and the kind that each stands for."""
    tokens: dict[str, str] = {}
    for word in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", _folded(fact.text)):
        parts = [word, *re.split(r"['’-]", word)] if re.search(r"['’-]", word) else [word]
        for part in parts:
            if len(part) >= 2 and part not in _NO_NAMES:
                tokens[part] = fact.kind
        if fact.kind in ("given_name", "person_name"):
            for nickname in (*NICKNAMES.get(word, "").split(), *_long_forms().get(word, ())):
                tokens.setdefault(nickname, fact.kind)
    return tokens


def _name_spans(text: str, names: dict[str, str]) -> Iterator[Span]:
    alike: dict[tuple[str, int], list[str]] = {}
    for name in names:
        if len(name) >= 6:
            alike.setdefault((name[0], len(name)), []).append(name)
    for token in TOKEN.finditer(text):
        word = _folded(token.group())
        bare = word.removesuffix("'s")
        end = token.end() - (len(word) - len(bare))
        if bare in names:
            if _is_meant(text, token, bare, names):
                yield Span(token.start(), end, names[bare], 1.0, "known")
        elif "-" in bare and any(part in names and len(part) > 3 for part in bare.split("-")):
            yield Span(token.start(), end, "person_name", 0.9, "known")
        elif len(bare) >= 6 and not lexicon.is_word(bare) and _slips(bare, alike):
            yield Span(token.start(), end, "person_name", 0.7, "known")


def _slips(word: str, alike: dict[tuple[str, int], list[str]]) -> bool:
    """Whether a word is one slip away from a name; names are listed by first letter and length."""
    near = (name for length in (-1, 0, 1) for name in alike.get((word[0], len(word) + length), ()))
    return any(_one_slip(word, name) for name in near)


def _is_meant(text: str, token: re.Match[str], word: str, names: dict[str, str]) -> bool:
    """Whether a word that is also a common one is meant as the name here."""
    written = token.group()
    if len(word) == 2 and not (written[0].isupper()):
        return False
    if written[0].isupper() and len(word) > 2 and names[word] not in SHARED_KINDS:
        return True  # a subject's own name, capitalised, in the subject's own note: never worth the risk
    around = [
        re.search(r"([A-Za-z'-]+)[ ,.]{1,3}$", text[max(0, token.start() - 24) : token.start()]),
        re.match(r"[ ,.]{1,3}([A-Za-z'-]+)", text[token.end() : token.end() + 24]),
    ]
    if any(near and _folded(near[1]) in names and _folded(near[1]) != word for near in around):
        return True
    if plausible.eponym_use(text, token.start(), token.end()) and not re.search(
        r"(?:dr|mr|mrs|ms|miss|pt|patient|name)[.:]?\s{1,3}$",
        text[max(0, token.start() - 12) : token.start()],
        re.IGNORECASE,
    ):
        return False
    if not lexicon.is_word(word) or (word in lexicon.english_names() and word not in _USUAL_WORDS):
        return len(word) > 2 or written[0].isupper()
    before, after = text[max(0, token.start() - 24) : token.start()], text[token.end() : token.end() + 24]
    nearby = [_folded(w) for w in re.findall(r"[A-Za-z'-]+", before)[-1:] + re.findall(r"[A-Za-z'-]+", after)[:1]]
    if any(other in names and other != word for other in nearby) or re.search(
        r"(?:dr|mr|mrs|ms|miss|pt|patient|name|md)[.:]?\s{1,3}$", before, re.IGNORECASE
    ):
        return True
    if plausible.eponym_use(text, token.start(), token.end()):
        return False
    if written.islower():
        return False
    return bool(re.search(r"[a-z,;]['\"]?\s$", before)) or (written.isupper() and len(word) > 3)


#: Kinds that every note is searched for, whoever its subject is.
SHARED_KINDS = frozenset({"clinician_name", "site", "organisation"})
_USUAL_WORDS = lexicon.word_set("known_usual_words")


@lru_cache(maxsize=50_000)
def _deletions(word: str) -> frozenset[str]:
    return frozenset(word[:at] + word[at + 1 :] for at in range(len(word)))


def _one_slip(word: str, name: str) -> bool:
    """Whether one letter was dropped, doubled, changed, or two neighbours swapped (names of six letters and more)."""
    if abs(len(word) - len(name)) > 1 or len(name) < 6 or word[0] != name[0]:
        return False
    if len(word) == len(name):
        wrong = [at for at, (a, b) in enumerate(zip(word, name, strict=True)) if a != b]
        return len(wrong) == 1 or (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and word[wrong[0]] == name[wrong[1]]
            and word[wrong[1]] == name[wrong[0]]
        )
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    return shorter in _deletions(longer)


@lru_cache(maxsize=50_000)
def _place_key(fact: Known) -> str:
    """Return the word that stands in every text that names the place; a character of no text where no word is its own."""
    own = [word for word in _PLACE_WORD.findall(fact.text) if _folded(word) not in _GENERIC]
    if fact.kind == "street_address":  # its name may stand without its number
        own = [word for word in own if not word[0].isdigit()] or own
    return own[0].lower() if own else "\0"


_PLACE_WORD = re.compile(r"[\w'’-]+")


def _place_spans(text: str, fact: Known) -> Iterator[Span]:
    """Find an address or institution by its own words: the number and name of the street, the name of the town."""
    words = _PLACE_WORD.findall(fact.text)
    if fact.kind == "street_address" and len(words) >= 2:
        yield from (Span(m.start(), m.end(), fact.kind, 1.0, "known") for m in re.finditer(r"(?<!\w)" + r"[\s,.]{1,3}".join(map(re.escape, words[:2])) + r"(?:[ \t](?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|close|way|blvd|place|pl)\b\.?)?", text, re.IGNORECASE))  # fmt: skip
        yield from _street_parts(text, fact, words)
        return
    if len(words) == 1 and (len(words[0]) < 4 or lexicon.is_word(_folded(words[0]))):
        regex = r"(?<!\w)" + re.escape(words[0].capitalize()) + r"(?!\w)"
        yield from (Span(m.start(), m.end(), fact.kind, 0.9, "known") for m in re.finditer(regex, text))
        return
    regex = r"(?<!\w)" + r"[\s,.-]{1,4}".join(map(re.escape, words[:8])) + r"(?!\w)"
    yield from (Span(m.start(), m.end(), fact.kind, 1.0, "known") for m in re.finditer(regex, text, re.IGNORECASE))


def _street_parts(text: str, fact: Known, words: list[str]) -> Iterator[Span]:
    """Find the name of the street without its number, where a word of it is its own, in any casing but the common one."""
    own = [word for word in words if not word[0].isdigit()]
    if not own or not any(len(word) > 3 and _folded(word) not in _GENERIC for word in own):
        return
    name = own[: 2 if len(own) > 1 else 1]
    whole = r"(?<![\w])(?:\d{1,5}[a-z]?,?[ ])?" + r"[\s.-]{1,3}".join(map(re.escape, name)) + r"(?!\w)"
    yield from (
        Span(m.start(), m.end(), fact.kind, 0.9, "known")
        for m in re.finditer(whole, text, re.IGNORECASE)
        if len(name) > 1 or m.group().strip("0123456789 ,")[:1].isupper()
    )
    first = name[0]
    if len(first) > 4 and not lexicon.is_word(_folded(first)):
        alone = rf"(?<![\w])(?:\d{{1,5}}[a-z]?,?[ ])?{re.escape(first)}(?!\w)"
        yield from (Span(m.start(), m.end(), fact.kind, 0.8, "known") for m in re.finditer(alone, text, re.IGNORECASE))
