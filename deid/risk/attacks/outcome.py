"""What an attack achieved against the released persons, against strangers, and by guessing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deid.model import Measure, Status
from deid.risk.attacks.interval import difference, wilson

#: Who the control group of an attack are.
STRANGERS = "people who are not in the data"
TAKEN_OUT = "the same people, each after their own record was taken out of the release"
NO_RECORD = "the same descriptions with every value drawn by itself, by somebody who has no record"


@dataclass(frozen=True)
class AttackOutcome:
    """Successes out of trials; where guesses tie, a success is the chance of the right one, hence no whole number.

    targets   persons whose data are in the release
    control   the same attack on persons whose data are not: what the release teaches about anybody; `group` says who
    baseline  success of guessing without the records of the release
    """

    name: str
    successes: float
    trials: int
    control_successes: float
    control_trials: int
    baseline: float
    seed: int
    facts: dict[str, Any] = field(default_factory=dict)
    group: str = STRANGERS

    def measures(self, confidence: float = 0.95) -> tuple[Measure, Measure]:
        """Return the success rate and its excess over the control group, each with its interval.

        A gate has to hold `detail["upper"]`, the upper bound, against its threshold. The excess is what those in the
        release suffer for being in it; the rate itself is what an attacker achieves.
        """
        names = (f"attack.{self.name}", f"attack.{self.name}.excess")
        if not self.trials:
            return self._without(names[0], "there was nobody to attack"), self._without(names[1], "nobody to attack")
        rate = self.successes / self.trials
        bounds = wilson(self.successes, self.trials, confidence)
        detail = {"upper": bounds[1], "trials": self.trials, "baseline": self.baseline, "seed": self.seed, **self.facts}
        first = Measure(names[0], rate, interval=bounds, detail={**detail, "confidence": confidence})
        if not self.control_trials:
            return first, self._without(names[1], "no control group was given")
        control = self.control_successes / self.control_trials
        apart = difference(self.successes, self.trials, self.control_successes, self.control_trials, confidence)
        more = {
            "upper": apart[1],
            "control": control,
            "control_group": self.group,
            "control_trials": self.control_trials,
            "seed": self.seed,
        }
        return first, Measure(names[1], rate - control, interval=apart, detail={**more, "confidence": confidence})

    def _without(self, name: str, reason: str) -> Measure:
        return Measure(name, None, Status.NOT_COMPUTED, reason, detail={"seed": self.seed})
