"""The frozen recipe: what a release decided, signed, so that later batches are treated alike and counted together.

A recipe holds the level of every quasi-identifier, the released classes with their counts, and who is in them as keyed
hashes: it is the owner's, like the key, and never part of a release.
"""

from __future__ import annotations

import base64
import hmac
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from deid import hierarchies
from deid.classes import ClassTable, Codes, group, regroup
from deid.collecting.coarsening import spec_of
from deid.decisions import Anonymise, Plan, Policy
from deid.errors import DataError, PolicyError, UsageError, problem_kind
from deid.facts import Facts, Subjects
from deid.hierarchy import Recoding
from deid.keys import Key
from deid.report import private_file
from deid.searching import hierarchies_of
from deid.values import positions

NOT_FROZEN = problem_kind(
    "P540",
    "recoding cannot be frozen",
    remedy="freeze global recodings under k alone, with hierarchies that do not depend on the data",
    meaning="Whatever is worked out from all rows of one batch would be another thing in the next.",
)
NO_RECIPE = problem_kind(
    "U241", "recipe cannot be used", remedy="give the file that `deid run --freeze` wrote, and its key"
)
OTHER_POLICY = problem_kind(
    "U242", "recipe of another policy", remedy="use the policy, unchanged, that the recipe was made with"
)
OUTSIDE = problem_kind(
    "D540",
    "batch falls outside the recipe",
    remedy="say `--outside suppress` to suppress those subjects, or make a new release over all the data",
    meaning="Values that no class of k subjects shares, counted over all batches so far, would single people out.",
)
TOO_MANY_OUTSIDE = problem_kind(
    "D541",
    "too many subjects fall outside the recipe",
    remedy="make a new release over all the data, or raise `suppress_at_most`",
)
#: Transforms that pass one has to see all rows for.
FITTED = frozenset({"pool_rare", "pool_terms", "derive"})
VERSION = 1
Outside = Literal["refuse", "suppress"]


Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Recipe:
    """A recoding that is settled, and who was released with it.

    levels    level by variable; None stands for the coarsest, where nothing is left
    counts    released cells of every class of all batches so far, with its subjects
    subjects  keyed hashes of all subjects so far, with the number of their class; -1 for the suppressed
    """

    policy: str
    k: int
    levels: Mapping[str, int | None]
    counts: Mapping[Cells, int] = field(repr=False)
    subjects: Subjects = field(repr=False)
    batches: int = 1

    def recoding(self, plan: Plan, facts: Facts, outside: Outside) -> Recoding:
        """Return the recoding of a batch: the frozen levels; suppressed is who has fewer than k alike in all batches.

        Raises DataError or PolicyError.
        """
        table = facts.classes
        if table is None or tuple(table.variables) != tuple(self.levels):
            raise PolicyError(NOT_FROZEN.at("the batch has other quasi-identifiers than the recipe"))
        if facts.coarsened:
            raise PolicyError(NOT_FROZEN.at("the batch has more distinct tuples than the budget", "class_budget"))
        axes = [self._axis(plan, name, words) for name, words in zip(table.variables, table.vocabularies, strict=True)]
        codes = np.column_stack([axis.maps[table.codes[:, i]] for i, axis in enumerate(axes)]).astype(np.int32)
        labels = tuple(axis.labels for axis in axes)
        strange = np.asarray((codes < 0).any(axis=1), np.bool_)
        codes = np.maximum(codes, 0)
        rows, member = group(codes, [len(own) for own in labels])
        cells = _cells(labels, rows)
        fresh, changed = self._fresh(facts.subjects, member, cells, strange)
        if changed:
            raise DataError(OUTSIDE.at(f"{changed} subject(s) of earlier batches have other quasi-identifiers now"))
        small = strange | (np.array([self.counts.get(cell, 0) for cell in cells])[member] + fresh[member] < self.k)
        _refuse(table, small, outside, plan.policy.anonymise)
        loss = {
            name: _mean(np.where(small, 1.0, axis.loss[table.codes[:, i]]), table)
            for i, (name, axis) in enumerate(zip(table.variables, axes, strict=True))
        }
        levels = {name: axis.level for name, axis in zip(table.variables, axes, strict=True)}
        method = f"frozen recipe, batch {self.batches + 1}; k counted over all batches"
        mean = sum(loss.values()) / max(len(loss), 1)
        return Recoding(table.variables, labels, codes, small, levels, method, mean, loss)

    def earlier(self, facts: Facts) -> dict[Cells, int]:
        """Return the classes of earlier batches without the subjects who are in this batch as well."""
        there = self.subjects.classes[np.isin(self.subjects.hashes, facts.subjects.hashes)]
        again = np.bincount(there[there >= 0], minlength=len(self.counts)).tolist()
        left = {cell: number - again[i] for i, (cell, number) in enumerate(self.counts.items())}
        return {cell: number for cell, number in left.items() if number}

    def extended(self, facts: Facts, recoding: Recoding) -> Recipe:
        """Return the recipe after a batch was released."""
        new = _frozen(self.policy, self.k, self.levels, facts, recoding)
        counts = dict(self.earlier(facts))
        for cell, number in new.counts.items():
            counts[cell] = counts.get(cell, 0) + number
        counts = dict(sorted(counts.items(), key=_order))
        number_of = {cell: i for i, cell in enumerate(counts)}
        own = np.array([number_of[cell] for cell in new.counts] + [-1], np.int32)
        old = np.array([number_of.get(cell, -1) for cell in self.counts] + [-1], np.int32)
        gone = ~np.isin(self.subjects.hashes, new.subjects.hashes)
        hashes = np.concatenate([new.subjects.hashes, self.subjects.hashes[gone]])
        classes = np.concatenate([own[new.subjects.classes], old[self.subjects.classes[gone]]])
        order = np.argsort(hashes)
        subjects = Subjects(hashes[order], classes[order])
        return replace(self, counts=counts, subjects=subjects, batches=self.batches + 1)

    def _axis(self, plan: Plan, name: str, words: Cells) -> _Axis:
        """Return where the frozen level leads each value; -1 for values that the hierarchy does not know."""
        spec, folder = spec_of(plan, name), plan.policy.folder
        known = [word for word in words[1:] if word is not None and _fits(spec, word, folder, name)]
        hierarchy = hierarchies.build(spec, (None, *known), folder=folder, name=name)
        frozen = self.levels[name]
        level = hierarchy.height if frozen is None else frozen
        if hierarchy.data_dependent or level > hierarchy.height:
            raise PolicyError(NOT_FROZEN.at("its hierarchy is another one for this batch", name))
        place = {word: i + 1 for i, word in enumerate(known)}
        at = np.array([0, *(place.get(str(word), -1) for word in words[1:])], np.int64)
        maps = np.where(at < 0, -1, hierarchy.maps[level][at])
        domain = max(int(hierarchy.leaves[-1].max(initial=1)) - 1, 1)
        lost = (hierarchy.leaves[level][hierarchy.maps[level]] - 1) / domain
        return _Axis(hierarchy.labels[level], maps, lost[np.maximum(at, 0)], level)

    def _fresh(
        self, subjects: Subjects, member: Codes, cells: list[Cells], strange: npt.NDArray[np.bool_]
    ) -> tuple[npt.NDArray[np.int64], int]:
        """Return the new subjects of each class, and how many subjects of earlier batches have another class now."""
        own = subjects.classes
        place = {cell: i for i, cell in enumerate(cells)}
        now = np.array([place.get(cell, -1) for cell in self.counts] + [-1], np.int64)
        at = positions(self.subjects.hashes, subjects.hashes)
        was = np.where(at >= 0, self.subjects.classes[at] if len(self.subjects) else -1, -1)
        counted = was >= 0
        changed = counted & (strange[own] | (now[was] != member[own]))
        new = ~counted & ~strange[own]
        return np.bincount(member[own[new]], minlength=len(cells)), int(changed.sum())


@dataclass(frozen=True)
class _Axis:
    labels: Cells
    maps: npt.NDArray[np.int64]
    loss: npt.NDArray[np.float64]
    level: int


def freeze(plan: Plan, facts: Facts, recoding: Recoding | None) -> Recipe:
    """Return the recipe of a release. Raises PolicyError with every reason why it cannot be frozen."""
    given = plan.policy.anonymise
    if given is None or recoding is None or facts.classes is None or recoding.levels is None:
        raise PolicyError(NOT_FROZEN.at("the policy asks for no global recoding", "anonymise"))
    plain = given.models == () and given.sets == () and given.missing == "category" and given.margin is None
    problems = [] if plain else [NOT_FROZEN.at("it asks for more than k", "anonymise")]
    problems += [
        NOT_FROZEN.at(f"'{step.do}' is worked out from all rows", f"{step.table}.{step.column}")
        for step in plan.steps
        if step.do in FITTED and step.released
    ]
    if facts.population is not None:
        problems.append(NOT_FROZEN.at("a population is counted by batch", "population"))
    levels: dict[str, int | None] = {}
    for name, hierarchy in hierarchies_of(plan, facts).items():
        if hierarchy.data_dependent:
            problems.append(NOT_FROZEN.at("its hierarchy depends on the data", name))
        level = recoding.levels[name]
        levels[name] = None if level == hierarchy.height and level else level
    if problems:
        raise PolicyError(problems)
    return _frozen(plan.policy.digest, given.k, levels, facts, recoding)


def _frozen(policy: str, k: int, levels: Mapping[str, int | None], facts: Facts, recoding: Recoding) -> Recipe:
    assert facts.classes is not None
    rows, member = group(recoding.codes, [len(labels) for labels in recoding.labels])
    kept = np.where(recoding.suppressed, 0, facts.classes.counts)
    numbers = np.bincount(member, weights=kept, minlength=len(rows)).astype(np.int64)
    cells = _cells(recoding.labels, rows)
    counts = dict(sorted(((cell, int(n)) for cell, n in zip(cells, numbers, strict=True) if n), key=_order))
    place = {cell: i for i, cell in enumerate(counts)}
    number_of = np.array([place.get(cell, -1) for cell in cells], np.int32)
    class_of = np.where(recoding.suppressed, -1, number_of[member]).astype(np.int32)
    return Recipe(policy, k, levels, counts, Subjects(facts.subjects.hashes, class_of[facts.subjects.classes]))


def united(after: ClassTable, earlier: Mapping[Cells, int]) -> ClassTable:
    """Return the released classes of a batch with those of earlier batches; without sensitive values, not held here."""
    cells = [*_cells(after.vocabularies, after.codes), *earlier]
    counts = [*after.counts.tolist(), *earlier.values()]
    words = [
        (None, *sorted({cell[i] or "" for cell in cells if cell[i] is not None})) for i in range(len(after.variables))
    ]
    places = [{word: code for code, word in enumerate(own)} for own in words]
    codes = np.array([[places[i][word] for i, word in enumerate(cell)] for cell in cells], np.int32)
    codes = codes.reshape(len(cells), len(words))
    whole = ClassTable(after.variables, tuple(words), codes, np.array(counts, np.int64))
    return regroup(whole.variables, whole.vocabularies, codes, whole)


def write(recipe: Recipe, path: Path, key: Key) -> None:
    """Write a recipe, readable by its owner only, signed under a subkey of the release's key."""
    subjects = recipe.subjects.hashes.astype("<u8").tobytes() + recipe.subjects.classes.astype("<i4").tobytes()
    content: dict[str, Any] = {
        "deid_recipe": VERSION,
        "policy": recipe.policy,
        "k": recipe.k,
        "levels": dict(recipe.levels),
        "classes": [[*cell, number] for cell, number in recipe.counts.items()],
        "subjects": base64.b64encode(zlib.compress(subjects, 1)).decode("ascii"),
        "batches": recipe.batches,
    }
    content["signature"] = _signature(content, key)
    private_file(path, json.dumps(content, ensure_ascii=False).encode())


def read(path: Path, policy: Policy, key: Key) -> Recipe:
    """Read a recipe and check signature and policy. Raises UsageError. `key` is that of the release."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict) or content.get("deid_recipe") != VERSION:
        raise UsageError(NO_RECIPE.at("it is no recipe, or of another version", path.name))
    signature = str(content.pop("signature", ""))
    if not hmac.compare_digest(signature.encode(), _signature(content, key).encode()):
        raise UsageError(NO_RECIPE.at("the signature does not fit: another key or policy name, or altered", path.name))
    if content["policy"] != policy.digest:
        raise UsageError(OTHER_POLICY.at("the policy was changed since, or is another one", path.name))
    raw = zlib.decompress(base64.b64decode(content["subjects"]))
    number = len(raw) // 12
    hashes = np.frombuffer(raw, "<u8", number).astype(np.uint64)
    subjects = Subjects(hashes, np.frombuffer(raw, "<i4", number, 8 * number).astype(np.int32))
    counts = {tuple(row[:-1]): row[-1] for row in content["classes"]}
    return Recipe(content["policy"], content["k"], content["levels"], counts, subjects, content["batches"])


def _signature(content: Mapping[str, Any], key: Key) -> str:
    return key.subkey("recipe").mac(json.dumps(content, sort_keys=True, ensure_ascii=False)).hex()


def _fits(spec: Mapping[str, Any] | str, word: str, folder: Path, name: str) -> bool:
    try:
        hierarchies.build(spec, (None, word), folder=folder, name=name)
    except DataError:
        return False
    return True


def _refuse(table: ClassTable, small: npt.NDArray[np.bool_], outside: Outside, given: Anonymise | None) -> None:
    gone = int(table.counts[small].sum())
    if gone and outside == "refuse":
        raise DataError(OUTSIDE.at(f"{gone} subject(s) are alike fewer than k in all batches", "anonymise"))
    if given is not None and gone > given.suppress_at_most * table.subjects + 1e-9:
        raise DataError(TOO_MANY_OUTSIDE.at(f"{gone} of {table.subjects} subjects would be suppressed", "anonymise"))


def _mean(loss: npt.NDArray[np.float64], table: ClassTable) -> float:
    return float((loss * table.counts).sum() / max(table.subjects, 1))


def _cells(labels: Sequence[Cells], codes: Codes) -> list[Cells]:
    columns = [[own[code] for code in codes[:, i].tolist()] for i, own in enumerate(labels)]
    return list(zip(*columns, strict=True)) if columns else []


def _order(item: tuple[Cells, int]) -> tuple[tuple[bool, str], ...]:
    return tuple((word is not None, word or "") for word in item[0])
