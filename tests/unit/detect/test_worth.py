"""The cheap question must never say no where the search would find something."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from deid.detect.known import NICKNAMES, find_known
from deid.detect.worth import Worth
from deid.model import Known

NAMES = st.sampled_from(["Jane", "Robert", "O'Brien", "Zoë", "Li", "van Dyke", "May", "Castellanos", "Mary Ann"])
NUMBERS = st.sampled_from(["617-555-0101", "1951-03-26", "MRN00123", "01-701-1015", "12", "4711"])
FACTS = st.lists(
    st.one_of(
        st.builds(Known, st.sampled_from(["given_name", "family_name", "person_name"]), NAMES),
        st.builds(Known, st.sampled_from(["phone", "birth_date", "record_number", "subject_id"]), NUMBERS),
        st.builds(Known, st.just("city"), st.sampled_from(["Springfield", "Ann Arbor"])),
        st.builds(Known, st.just("email"), st.just("jane.doe@example.org")),
    ),
    max_size=4,
).map(tuple)
WORDS = (
    "Jane jane JANE Jnae bob Bobby OBrien O'Brien Zoe zoe Li Dyke may Castelanos JB RO J.O. seen for call 617 555 0101"
    " 6175550101 03/26/1951 26 1951 MRN 00123 123 701-1015 1015 12 Springfield Arbor doe stable disease , ."
)
PIECES = st.sampled_from(WORDS.split())


@settings(max_examples=600, deadline=None)
@given(FACTS, st.lists(PIECES, max_size=8).map(" ".join))
def test_what_can_be_found_is_worth_looking_for(known: tuple[Known, ...], text: str) -> None:
    if find_known(text, known):
        assert Worth.of(text).any_of(known, NICKNAMES)
