"""Measures as the report shows them: a title in plain words, and a cell that reveals no small count."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deid.model import Measure, Status
from deid.report.disclosure import Cell, Disclosure, grouped, percent, rounded_share
from deid.report.families import COUNTS, EXACT, GROUP_FIGURES, OF_CLASSES, OF_RARITY, OF_UNIQUES, STATUS_WORDS
from deid.report.numbers import number, probability, significant
from deid.report.people import ClassSizes, Totals, cut_of

_FEW_PEOPLE = 50


@dataclass(frozen=True)
class Shown:
    """Turns measures of one side (the input, or the release) into cells.

    common  the quasi-identifiers of which every value is held by enough people
    """

    rules: Disclosure
    totals: Totals
    sizes: ClassSizes | None
    after: bool
    common: frozenset[str] = frozenset()

    @property
    def coarse(self) -> bool:
        """Whether exact figures would give the number of people, or the number in small groups, away."""
        if self.after:
            return not self.totals.open
        sizes = self.sizes
        return sizes is not None and any((end, n) not in sizes.cuts for end, n in sizes.all_cuts if end <= 10)

    @property
    def people(self) -> int:
        """People in all groups of this side."""
        return self.totals.after if self.after else self.totals.before

    def cell(self, measure: Measure) -> Cell:
        """Return the figure of a measure as it may be shown."""
        if measure.status is not Status.OK or measure.value is None or not math.isfinite(measure.value):
            return Cell(None, STATUS_WORDS[measure.status if measure.status is not Status.OK else Status.NOT_COMPUTED])
        return self._printer(measure.id)(measure, measure.value)

    def _printer(self, name: str) -> Callable[[Measure, float], Cell]:
        exact: Mapping[str, Callable[[Measure, float], Cell]] = {
            "prosecutor.ra": self._at_risk,
            "unique_share": lambda measure, value: self._up_to(1, value),
            "suppressed_share": lambda measure, value: self.suppressed(),
            "loss": self._loss,
            "journalist.ra": self._nested_share,
            "sets.highest_risk": lambda measure, value: probability(value),
            **dict.fromkeys(GROUP_FIGURES, self._group_figure),
            **dict.fromkeys(COUNTS, lambda measure, value: self.rules.count(round(value))),
        }
        return exact[name] if name in exact else self._by_family(name)

    def _by_family(self, name: str) -> Callable[[Measure, float], Cell]:
        parts = name.split(".")
        if parts[0] in OF_CLASSES or (parts[0] == "missing" and parts[-1] == "k"):
            return self._of_classes
        families: Mapping[str, Callable[[Measure, float], Cell]] = {
            **dict.fromkeys(OF_RARITY, self._of_rarity),
            **dict.fromkeys(OF_UNIQUES, self._of_uniques),
            "attr": self._guessed,
            "attack": lambda measure, value: self.attack(value, measure),
            "util": self._worth,
            "shift": lambda measure, value: Cell(round(value, 1), f"{value:g}"),
            "qi": self._told_apart,
            "contribution": self._contributed,
            "marketer": self._average,
        }
        if parts[0] in families:
            return families[parts[0]]
        if name.startswith("longitudinal.unicity"):
            return self._nested_share
        if "rb" in parts[1:2] or name.startswith("longitudinal.max_risk"):
            return lambda measure, value: probability(value)
        return self._average if "rc" in parts[1:] else self._other

    def _nested_share(self, measure: Measure, value: float) -> Cell:
        return self._share(value, nested=True)

    def _contributed(self, measure: Measure, value: float) -> Cell:
        if self.coarse and not self.after:
            return self.rules.derivable()
        return rounded_share(value, self.people) if self.coarse else number(value)

    def _at_risk(self, measure: Measure, value: float) -> Cell:
        tau = measure.detail.get("tau")
        return self._up_to(cut_of(float(tau)), value) if isinstance(tau, int | float) else self._other(measure, value)

    def _up_to(self, size: int, value: float) -> Cell:
        if self.sizes is None or not any(end == size for end, _ in self.sizes.all_cuts):
            return self._share(value)
        return self.sizes.share_up_to(size)

    def suppressed(self) -> Cell:
        """Return the share of people suppressed."""
        if self.totals.open and self.totals.before:
            share = self.totals.suppressed / self.totals.before
            return Cell(round(share, 4), percent(share))
        small = self.rules.small(self.totals.suppressed)
        return self.rules.under(self.totals.before) if small else self.rules.derivable()

    def kept_loss(self, loss: float, suppressed: int | None = None) -> Cell:
        """Return information loss over the people kept: with suppressed people counted as 1, it would give them away.

        `suppressed` is the number of people to take out, that of this release unless given.
        """
        gone = self.totals.suppressed if suppressed is None else suppressed
        share = gone / self.totals.before if self.totals.before else 0.0
        kept = min(1.0, max(0.0, (loss - share) / (1 - share))) if share < 1 else 0.0
        return Cell(round(kept, 2), percent(kept, 0))

    def _loss(self, measure: Measure, value: float) -> Cell:
        return Cell(round(value, 3), percent(value)) if self.totals.open else self.kept_loss(value)

    def _average(self, measure: Measure, value: float) -> Cell:
        if not self.coarse:
            return probability(value)
        if self.people < _FEW_PEOPLE or not self.after:  # the number of groups narrows the number of small ones
            return self.rules.derivable()
        rounded = rounded_share(value, self.people)
        return rounded if rounded.value is None else Cell(rounded.value, f"about {rounded.text}")

    def _group_figure(self, measure: Measure, value: float) -> Cell:
        if self.coarse:
            return self.rules.derivable()
        return Cell(round(value), grouped(round(value))) if value >= 100 or value.is_integer() else number(value)

    def _of_classes(self, measure: Measure, value: float) -> Cell:
        """Return a figure within the worst class; several finer ones could tell how many people there are."""
        if value.is_integer() or measure.id.startswith(EXACT):
            return Cell(int(value), grouped(int(value))) if value.is_integer() else number(value, 2)
        if not self.coarse or self.rules.minimum <= 1:
            return number(value, 2)
        rough = number(value, 1)
        return Cell(rough.value, f"about {rough.text}")

    def _guessed(self, measure: Measure, value: float) -> Cell:
        """Return a share of people who hold the likeliest value: hidden after, where few were suppressed."""
        hidden = self.after and not self.totals.open
        return self.rules.derivable() if hidden else self.rules.share(value, self.people)

    def attack(self, value: float, measure: Measure) -> Cell:
        """Return a success rate of the trials of an attack, or a difference of two, rounded as a share of people is."""
        trials = int(measure.detail.get("trials", measure.detail.get("control_trials", 0)))
        if value < 0:
            cell = self.rules.share(-value, trials)
            return Cell(None if cell.value is None else -cell.value, f"minus {cell.text}", cell.hidden)
        if self.rules.small(round(value * trials)):
            return Cell(None, f"under {percent(self.rules.step(trials) or 1.0)}", "derivable")
        return self.rules.share(value, trials)

    def _worth(self, measure: Measure, value: float) -> Cell:
        """Return a figure of utility; finer than a hundredth, it could tell how many people were suppressed."""
        if measure.id == "util.survival_gap":
            return self.gap(measure, value)
        if not self.totals.open and not measure.id.startswith("util.nue"):
            return self.rules.derivable()
        step = 0.01 if self.totals.open else 0.05
        rounded = round(round(value / step) * step, 2)
        if 0 < value < step / 2:
            return Cell(None, f"under {step:g}", "derivable")
        return Cell(rounded, f"{rounded:g}")

    def gap(self, measure: Measure, value: float) -> Cell:
        """Return the change of a survival curve, in steps worth enough people of the smallest group."""
        fewest = min((curve["people"] for curve in measure.detail.get("curves", [])), default=0)
        step = self.rules.step(fewest) if self.rules.minimum > 1 else 0.001
        if not step:
            return self.rules.derivable()
        rounded = round(round(value / step) * step, 3)
        return Cell(None, f"under {step:g}", "derivable") if rounded == 0 < value else Cell(rounded, f"{rounded:g}")

    def _told_apart(self, measure: Measure, value: float) -> Cell:
        """Return distinction or separation; pairs told apart by one variable only if its values are common enough."""
        if not measure.id.startswith("qi.separation"):
            return self._contributed(measure, value)
        variable = measure.id.removeprefix("qi.separation").removeprefix(".")
        if self.rules.minimum > 1 and (variable not in self.common if variable else self.coarse):
            return self.rules.derivable()
        step = 0.05 if self.rules.minimum > 1 and self.coarse else 0.01
        rounded = round(round(value / step) * step, 2)
        return Cell(rounded, percent(rounded, 0) if step == 0.01 else f"about {percent(rounded, 0)}")

    def _of_rarity(self, measure: Measure, value: float) -> Cell:
        """Return a distance; only a bound where it would tell that few people hold some value.

        A class of people who all hold one value of share p lies 1 - p (t), 1/p - 1 (beta) or ln 1/p (delta) away.
        """
        share = min(1.0, self.rules.minimum / self.people) if self.people else 1.0
        bounds = {"t": 1 - share, "beta": 1 / share - 1, "delta_disclosure": math.log(1 / share)}
        bound = bounds[measure.id.split(".")[0]]
        if self.rules.minimum > 1 and value > bound:
            return Cell(None, f"over {significant(bound, 2)}", "derivable")
        return self._of_classes(measure, value)

    def _share(self, value: float, *, nested: bool = False) -> Cell:
        people = round(value * self.people)
        if self.rules.small(people) or self.rules.small(self.people - people):
            return self.rules.under(self.people) if self.rules.small(people) else self.rules.derivable()
        shown = [n for _, n in self.sizes.cuts] if nested and self.sizes is not None else []
        if any(self.rules.small(abs(people - other)) for other in shown):
            return self.rules.derivable()
        if self.coarse:
            return rounded_share(value, self.people)
        return Cell(round(value, 4), percent(value))

    def _of_uniques(self, measure: Measure, value: float) -> Cell:
        """Return a figure that rests on the number of sample uniques; hidden where that number is."""
        open_ = self.sizes is not None and any(end == 1 for end, _ in self.sizes.cuts) and not self.coarse
        if value == 0 or measure.id == "suda.smallest_subset":
            return Cell(round(value), grouped(round(value)))
        if not open_:
            return self.rules.derivable()
        if measure.id == "suda.uniques" or value >= 1000:
            return self.rules.count(round(value))
        return Cell(None, self.rules.few, "small") if self.rules.small(round(value)) else number(value, 2)

    def _other(self, measure: Measure, value: float) -> Cell:
        """Return the figure of a measure not known here: what may be a count of people is treated as one."""
        if value.is_integer() and value > 1:
            return self.rules.count(int(value))
        if 0 <= value <= 1:
            return self._share(value)
        return self.rules.derivable() if self.coarse else number(value)
