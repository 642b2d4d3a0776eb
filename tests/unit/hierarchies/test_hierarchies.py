from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.errors import DataError, PolicyError
from deid.hierarchies import build, spec_problems

HERE = Path()


def levels(spec, values, folder=HERE):
    """Return for each value its labels, finest first."""
    hierarchy = build(spec, [None, *sorted(values)], folder=folder, name="t.c")
    vocabulary = sorted(values)
    return {
        value: [hierarchy.labels[level][hierarchy.maps[level][i + 1]] for level in range(hierarchy.height + 1)]
        for i, value in enumerate(vocabulary)
    }


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        ("age", "37", ["37", "[35, 40)", "[30, 40)", "[20, 40)", "*"]),
        ("age", "93", ["90+", "90+", "90+", "80+", "*"]),
        ("age", "37.5", ["37.5", "[35, 40)", "[30, 40)", "[20, 40)", "*"]),
        ({"interval": 5, "bottom": 18}, "17", ["<18", "<20", "<20", "<20", "*"]),
        ({"interval": 5, "widths": [5, 10]}, "-3", ["-3", "[-5, 0)", "[-10, 0)", "*"]),
        ({"interval": 0.5, "widths": [0.5]}, "1.70", ["1.7", "[1.5, 2)", "*"]),
        ({"interval": 10, "anchor": 18, "widths": [10]}, "18", ["18", "[18, 28)", "*"]),
        ({"cuts": [[0, 65, 81], [0, 65]]}, "17", ["17", "<65", "<65", "*"]),
        ({"cuts": [[65, 81], [65]]}, "65", ["65", "[65, 81)", "65+", "*"]),
        ({"cuts": [[0, 65, 81], [0, 65]]}, "81", ["81", "81+", "65+", "*"]),
        ({"prefix": [5, 3, 1]}, "02134", ["02134", "021", "0", "*"]),
        ({"dates": ["day", "quarter", "decade"]}, "2014-11-30T10:00", ["2014-11-30", "2014-Q4", "2010s", "*"]),
        ({"dates": ["month", "quarter", "year"]}, "2014", ["2014", "2014", "2014", "*"]),
        ({"dates": ["day", "month"]}, "05MAR2014", ["2014-03-05", "2014-03", "*"]),
        ({"dates": ["day", "month"]}, "20140305", ["2014-03-05", "2014-03", "*"]),
        ({"dates": ["day", "year"]}, "13/03/2014 08:15", ["2014-03-13", "2014", "*"]),
        ({"dates": ["day", "month"]}, "Mar 2014", ["2014-03", "2014-03", "*"]),
        ({"dates": ["day", "month"], "format": "%-d/%-m/%y"}, "5/3/14", ["2014-03-05", "2014-03", "*"]),
        ({"dates": ["year", "decade"]}, "03/04/2014", ["2014", "2010s", "*"]),
        ({"groups": {"White": ["WHITE"]}, "other": "Rest"}, "ASIAN", ["ASIAN", "Rest", "*"]),
        ({"order": ["low", "mid", "high"]}, "mid", ["mid", "low or mid", "*"]),
        ({"suppress_only": True}, "x", ["x", "*"]),
        ("sex", "F", ["F", "*"]),
        ("icd10", "C50.9", ["C50.9", "C50", "C00-D49 Neoplasms", "*"]),
        ("icd10", "D50", ["D50", "D50", "D50-D89 Blood and immune mechanism", "*"]),
        ("race_us", "2106-3", ["2106-3", "White", "*"]),
        ("race_us", "Asian", ["Asian", "Other", "*"]),
        ("country_region", "DEU", ["DEU", "Western Europe", "Europe", "*"]),
        ("country_region", "france", ["france", "Western Europe", "Europe", "*"]),
        ("zip3", "10001-1234", ["10001-1234", "100", "NY", "*"]),
        ("zip3", "03601", ["03601", "000", "000", "*"]),
        ("calendar", "2014-03-05", ["2014-03-05", "2014-03", "2014-Q1", "2014", "2010s", "*"]),
    ],
)
def test_each_kind_gives_its_labels(spec, value, expected):
    assert levels(spec, [value])[value] == expected


def test_missing_is_its_own_label_below_the_root_and_costs_nothing():
    hierarchy = build("age", [None, "37", "38"], folder=HERE, name="t.c")
    assert [hierarchy.labels[level][hierarchy.maps[level][0]] for level in range(5)] == [None] * 4 + ["*"]
    assert [int(leaves[hierarchy.maps[level][0]]) for level, leaves in enumerate(hierarchy.leaves)] == [1, 1, 1, 1, 2]


@settings(max_examples=80, deadline=None)
@given(
    st.sets(st.decimals(-200, 200, places=1, allow_nan=False), min_size=1, max_size=30),
    st.integers(1, 40),
    st.one_of(st.none(), st.integers(50, 100)),
    st.one_of(st.none(), st.integers(-50, 40)),
    st.integers(-10, 10),
)
def test_intervals_always_nest_and_count_their_leaves(numbers, width, top, bottom, anchor):
    spec = {"interval": width, "top": top, "bottom": bottom, "anchor": anchor}
    values = sorted(str(number) for number in numbers)
    hierarchy = build(spec, [None, *values], folder=HERE, name="t.c")
    for level in range(hierarchy.height):
        pairs = set(zip(hierarchy.maps[level].tolist(), hierarchy.maps[level + 1].tolist(), strict=True))
        assert len(pairs) == len({fine for fine, _ in pairs})
    leaves = len(set(hierarchy.maps[0][1:].tolist()))
    assert all(int(counts[1:].sum()) == leaves for counts in hierarchy.leaves[:-1])
    assert hierarchy.labels[-1] == ("*",)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(-50, 50), min_size=1, max_size=40), st.integers(2, 4))
def test_quantiles_nest_and_are_flagged(numbers, coarse):
    hierarchy = build({"quantiles": [coarse * 2, coarse]}, [None, *map(str, numbers)], folder=HERE, name="t.c")
    assert hierarchy.data_dependent
    pairs = set(zip(hierarchy.maps[1].tolist(), hierarchy.maps[2].tolist(), strict=True))
    assert len(pairs) == len({fine for fine, _ in pairs})


@pytest.mark.parametrize("separator", [";", ","])
def test_a_file_counts_the_leaves_that_the_data_lack(tmp_path, separator):
    lines = [["a", "v", "*"], ["b", "v", "*"], ["c", "w", "*"]]
    (tmp_path / "h.csv").write_text("\n".join(separator.join(line) for line in lines))
    hierarchy = build("h.csv", [None, "a"], folder=tmp_path, name="t.c")
    assert [int(counts.max()) for counts in hierarchy.leaves] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a;v;*\na;w;*", "D503"),
        ("a;v;x;*\nb;v;y;*", "D502"),
        ("a;v\nb;w", "D504"),
        ("a;v;*\nb;*", "D505"),
        ("", "D505"),
        ("b;v;*", "D501"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, text, code):
    (tmp_path / "h.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        build("h.csv", [None, "a"], folder=tmp_path, name="t.c")
    assert caught.value.problems[0].code == code
    assert caught.value.problems[0].place == "t.c"


@pytest.mark.parametrize(
    ("spec", "value", "code"),
    [
        ("age", "secret", "D506"),
        ({"cuts": [[0, 65]]}, "-1", "D506"),
        ({"dates": ["day"]}, "2014-13-01", "D507"),
        ({"dates": ["day"]}, "last secret spring", "D507"),
        ({"dates": ["day"], "format": "%d.%m.%Y"}, "2014-03-01", "D507"),
        ({"dates": ["month", "year"]}, "03/04/2014", "D520"),
        ("zip3", "secret", "D508"),
        ("icd10", "secret", "D508"),
        ("country_region", "secret", "D501"),
        ({"groups": {"a": ["b"]}}, "secret", "D501"),
        ({"order": ["a", "b"]}, "secret", "D501"),
        ("nowhere.csv", "secret", "D505"),
    ],
)
def test_values_that_do_not_fit_are_counted_and_never_shown(spec, value, code):
    with pytest.raises(DataError) as caught:
        build(spec, [None, value], folder=HERE, name="t.c")
    assert caught.value.problems[0].code == code
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "spec",
    [
        "aeg",
        {},
        {"interval": 5, "tup": 90},
        {"interval": 0},
        {"interval": 5, "widths": [5, 7]},
        {"interval": 5, "top": 10, "bottom": 20},
        {"interval": "five"},
        {"interval": 5, "prefix": [3]},
        {"cuts": [[5, 3]]},
        {"cuts": [[5], [6]]},
        {"prefix": [1, 3]},
        {"prefix": "3"},
        {"dates": ["year", "day"]},
        {"dates": ["fortnight"]},
        {"dates": ["day"], "format": "%q"},
        {"dates": ["day"], "format": [5]},
        {"groups": {"a": ["x"], "b": ["x"]}},
        {"order": ["a", "a"]},
        {"quantiles": [4, 10]},
        {"suppress_only": False},
        {"file": ""},
        {"interval": 5, "min_level": "low"},
    ],
)
def test_a_bad_specification_is_refused_before_any_data(spec):
    assert spec_problems(spec)
    with pytest.raises(PolicyError):
        build(spec, [None, "1"], folder=HERE, name="t.c")


@pytest.mark.parametrize("low_high", [(0, 9), (3, 2), (-1, 2)])
def test_levels_out_of_range_are_refused(low_high):
    spec = {"interval": 5, "min_level": low_high[0], "max_level": low_high[1]}
    with pytest.raises(PolicyError, match="P502"):
        build(spec, [None, "1"], folder=HERE, name="t.c")


def test_a_column_without_any_value_has_a_hierarchy():
    for spec in ("age", "zip3", "icd10", {"prefix": [3, 1]}, {"quantiles": [4, 2]}, {"groups": {"a": ["b"]}}):
        hierarchy = build(spec, [None], folder=HERE, name="t.c")
        assert hierarchy.labels[-1] == ("*",)
        assert hierarchy.maps.shape[1] == 1
