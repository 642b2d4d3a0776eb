"""What the owner decided (`Policy`) and what follows from it for every column of these data (`Plan`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from deid.contracts import Transform
from deid.data_model import DataModel
from deid.model import Role


@dataclass(frozen=True)
class Match:
    """When a rule applies: every given condition must hold. Patterns are globs, case-insensitive; None = not asked."""

    name: tuple[str, ...] | None = None
    holds: tuple[str, ...] | None = None
    table: tuple[str, ...] | None = None
    domain: tuple[str, ...] | None = None
    type: tuple[str, ...] | None = None
    distinct_at_most: int | None = None
    classed: tuple[str, ...] | None = None
    tagged: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Decision:
    """One line of the policy about a column: role, transform with its options, and why; `place` is file:line."""

    do: str
    role: Role | None
    options: Mapping[str, Any]
    why: str
    place: str
    match: Match = Match()
    variable: str = ""
    field: str = ""
    accept: frozenset[str] = frozenset()
    transform: Transform | None = None


@dataclass(frozen=True)
class PrivacyModel:
    """One privacy model besides k, as in the policy: name ("l_diversity"), attribute, parameters."""

    name: str
    attribute: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Anonymise:
    """What the released table must satisfy, and what it may cost.

    k                 smallest class of subjects
    suppress_at_most  largest share of subjects whose quasi-identifiers may be suppressed, 0 to 1
    recoding          one level a variable ("global") or multidimensional ("local")
    suppressed        "blank": rows stay, quasi-identifiers become missing; "remove": the subjects leave every table
    quality           loss that is minimised: loss (NCP), precision, discernibility, average_class_size, entropy
    weights           weight by variable, 1 unless given
    models            further privacy models
    time_budget       seconds for a search that cannot prove its optimum
    missing           "category": a missing value is a value of its own; "wildcard": for its own subject it may be any
    sets              quasi-identifiers by adversary: k holds on each set; all together as one set unless given
    notation          cells in local recoding: nodes of the hierarchy, or narrowest intervals for numbers, or these and
                      sets of values for all others
    microaggregate    "mean" or "median" by numeric variable that local recoding replaces by one number a class
    margin            steps above the optimum, against downcoding
    """

    k: int
    suppress_at_most: float = 0.0
    recoding: Literal["global", "local"] = "global"
    suppressed: Literal["blank", "remove"] = "blank"
    quality: str = "loss"
    weights: Mapping[str, float] = field(default_factory=dict)
    models: tuple[PrivacyModel, ...] = ()
    time_budget: float = 60.0
    missing: Literal["category", "wildcard"] = "category"
    sets: tuple[tuple[str, ...], ...] = ()
    notation: Literal["hierarchy", "interval", "set"] = "hierarchy"
    microaggregate: Mapping[str, str] = field(default_factory=dict)
    margin: Margin | None = None


@dataclass(frozen=True)
class Margin:
    """Against downcoding: the levels of a global recoding are raised by this many steps, drawn from a named seed."""

    levels: int
    seed: str


@dataclass(frozen=True)
class Population:
    """The population that the subjects are drawn from.

    file      table with a column for each quasi-identifier, relative to the policy; "" where only the share is known
    count     column with the persons of each row, "" where a row is a person
    columns   column by variable, where the names differ
    fraction  share of the population that is in the data, or None
    """

    file: str = ""
    count: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    fraction: float | None = None


@dataclass(frozen=True)
class Longitudinal:
    """Events of a person of which an adversary knows up to `known_events`, besides the quasi-identifiers."""

    table: str
    column: str
    known_events: int = 2
    ordered: bool = False


@dataclass(frozen=True)
class AnchorSource:
    """A column in which a subject's first day may stand; `where` names the rows that count, `numeric` what numbers are.

    `numeric` and `format` mean what they mean for shift_date.
    """

    table: str
    column: str
    where: Mapping[str, str] = field(default_factory=dict)
    numeric: str = ""
    format: tuple[str, ...] = ()


@dataclass(frozen=True)
class Anchor:
    """The PHUSE offset: each subject's first day (the earliest over the sources) becomes the start of the trial.

    start  the day that all subjects get, as YYYY-MM-DD; "" for the earliest first day of all
    """

    sources: tuple[AnchorSource, ...]
    start: str = ""


@dataclass(frozen=True)
class Survival:
    """Columns of a survival analysis that is repeated on the release, to see what it is still worth.

    event_is  value of the event column where the event was seen
    where     value by column of the rows that count (such as PARAMCD: OS)
    """

    table: str
    time: str
    event: str
    event_is: str = "1"
    by: str = ""
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Linkage:
    """An identified file that the release is attacked with, as a register that a recipient may hold.

    file     table with one row a person and a column for at least one quasi-identifier, relative to the policy
    subject  its column with the subject as in the data; rows of other people are the control group
    columns  column by variable, where the names differ
    """

    file: str
    subject: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Correlations:
    """Numeric columns of one table whose correlations are compared before and after."""

    table: str
    columns: tuple[str, ...]


#: Most rows of the class table unless the policy says otherwise: 0.5 GB of tuples, several times that in measures.
CLASS_BUDGET = 20_000_000


@dataclass(frozen=True)
class Gate:
    """A condition of release: the measure of that id must be computed and satisfy `op threshold`."""

    id: str
    op: Literal["<=", "<", ">=", ">"]
    threshold: float
    place: str


@dataclass(frozen=True)
class Policy:
    """What the owner decided. Holds no data and no key."""

    name: str
    path: str
    digest: str
    effective: str
    subject: tuple[str, ...]
    unlisted: Literal["refuse", "drop"]
    missing_subject: Literal["refuse", "drop_rows", "keep_rows"]
    row_order: Literal["subject", "keep"]
    disagreeing_copies: Literal["refuse", "take_first"]
    rules: tuple[Decision, ...]
    columns: Mapping[str, Decision]
    tables: Mapping[str, Mapping[str, Decision]]
    drop_tables: tuple[str, ...]
    ignore: tuple[str, ...]
    formats: Mapping[str, Mapping[str, Any]]
    anonymise: Anonymise | None
    gates: tuple[Gate, ...]
    context: Mapping[str, Any]
    recognisers: tuple[Mapping[str, Any], ...] = ()
    text: Mapping[str, Any] = field(default_factory=dict)
    exclude_subjects: str = ""
    counts_from: Mapping[str, str] = field(default_factory=dict)
    claims: str = "pseudonymised"
    cell_minimum: int = 11
    class_budget: int = CLASS_BUDGET
    folder: Path = Path()
    population: Population | None = None
    longitudinal: Longitudinal | None = None
    thresholds: tuple[str, ...] = ()
    survival: Survival | None = None
    anchor: Anchor | None = None
    data_model: DataModel | None = None
    expects: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    orphans: Literal["refuse", "count"] = "refuse"
    linkage: Linkage | None = None
    correlations: Correlations | None = None


@dataclass(frozen=True)
class Step:
    """What happens to one column, and why. A column without a Step does not exist.

    variable  name of the quasi-identifier or attribute across tables ("" where it is none)
    source    where the decision came from: `policy.yaml:12 (columns)`, `hipaa-safe-harbor.yaml:40 (rule)`
    hierarchy specification of the generalisation hierarchy, for `generalise`
    tags      what the format says of the column, see `ColumnProfile`
    bears     kind of identifier that the column's name is; `field` is then the map by which it is recoded
    """

    table: str
    column: str
    position: int
    role: Role | None
    do: str
    transform: Transform
    why: str
    source: str
    holds: tuple[str, ...]
    variable: str = ""
    field: str = ""
    accept: frozenset[str] = frozenset()
    evidence: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    bears: str = ""

    @property
    def released(self) -> bool:
        """Whether the column stands in the release."""
        return self.do != "drop"


@dataclass(frozen=True)
class TablePlan:
    """The steps of one table in column order; `subject` is the column that names the person, "" where there is none."""

    table: str
    subject: str
    steps: tuple[Step, ...]
    released_name: str
    rows_are_subjects: bool = False

    def step(self, column: str) -> Step:
        """Return the step of a column. Raises KeyError."""
        for step in self.steps:
            if step.column == column:
                return step
        raise KeyError(column)


@dataclass(frozen=True)
class Plan:
    """Every table, every column, what will be done and why.

    `only_searched` are the tables that are left out: what identifies somebody there is looked for in the release.
    """

    policy: Policy
    tables: tuple[TablePlan, ...]
    dropped_tables: tuple[str, ...] = ()
    only_searched: tuple[TablePlan, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps of all tables."""
        return tuple(step for table in self.tables for step in table.steps)

    @property
    def quasi_identifiers(self) -> tuple[str, ...]:
        """Names of the quasi-identifying variables, in order of first appearance."""
        own = (step for step in self.steps if step.role is Role.QUASI and step.released and step.do != "derive")
        return tuple(dict.fromkeys(step.variable for step in own))
