"""A subject's own name is found whatever order the record comes in, though a clinician's has the same word."""

from __future__ import annotations

from itertools import permutations

import pytest

from deid.detect.known import find_known
from deid.model import Known

OWN, STAFF, OTHER = Known("given_name", "May"), Known("clinician_name", "May Vanterpool, MD"), Known("site", "01")


@pytest.mark.parametrize("known", list(permutations((OWN, STAFF, OTHER))))
def test_the_own_record_comes_first(known: tuple[Known, ...]) -> None:
    spans = find_known("S: May feels better.", known)
    assert [(span.start, span.end, span.kind) for span in spans] == [(3, 6, "given_name")]


def test_a_month_is_no_name_where_only_the_staff_bears_it() -> None:
    assert find_known("S: May feels better.", (STAFF,)) == []
