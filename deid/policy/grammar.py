"""The grammar of a policy as typed models: what may stand where. Their JSON Schema is published for editors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from deid.decisions import CLASS_BUDGET
from deid.model import Role

Names = str | list[str]


class Strict(BaseModel):
    """A part of a policy: no unknown keys, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True)


class MatchPart(Strict):
    """When a rule applies; all given conditions must hold."""

    name: Names | None = Field(default=None, description="glob patterns for the column name, case-insensitive")
    holds: Names | None = Field(default=None, description="kinds that the column holds, by the profile")
    table: Names | None = Field(default=None, description="glob patterns for the table name")
    domain: Names | None = Field(default=None, description="value of the table's DOMAIN or RDOMAIN column")
    type: Names | None = Field(default=None, description="text, number, date or boolean")
    distinct_at_most: Annotated[int, Field(ge=1)] | None = None
    classed: Names | None = Field(default=None, description="classes that the data model gives the column")
    tagged: Names | None = Field(default=None, description="what the format says of the column: genotype, vcf ...")


class ColumnPart(BaseModel):
    """The decision about a column; keys that are not listed here are options of the transform."""

    model_config = ConfigDict(extra="allow", strict=True)

    do: str = Field(description="name of the transform")
    role: Annotated[Role, Field(strict=False)] | None = None
    why: str = ""
    variable: str = Field(
        default="", description="name of the quasi-identifier or attribute, where the column's name differs"
    )
    field: str = Field(default="", description="map of pseudonyms that the column shares, its own name unless given")
    accept: list[Literal["singling_out", "identifier", "published"]] = []


class RulePart(ColumnPart):
    """A decision for all columns that match."""

    match: MatchPart


class GatePart(Strict):
    """A condition of release; exactly one bound."""

    max: float | None = None
    min: float | None = None
    below: float | None = None
    above: float | None = None


class ModelPart(BaseModel):
    """A privacy model besides k: `{model: l_diversity, attribute: AEDECOD, l: 3}`."""

    model_config = ConfigDict(extra="allow", strict=True)

    model: str
    attribute: str = ""


class MarginPart(Strict):
    """Against downcoding: the chosen levels are raised where a named seed says."""

    levels: Annotated[int, Field(ge=1)] = 1
    seed: str = Field(min_length=1)


class PopulationPart(Strict):
    """The population that the subjects are drawn from."""

    file: str = Field(default="", description="table of the population with the quasi-identifiers")
    count: str = Field(default="", description="column with the persons of each row; one a row unless given")
    columns: dict[str, str] = Field(default={}, description="variable -> column of the file, where names differ")
    fraction: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="share of the population that is in the data"
    )


class LongitudinalPart(Strict):
    """Events of a person that an adversary may know besides the quasi-identifiers."""

    table: str
    column: str
    known_events: Annotated[int, Field(ge=1, le=5)] = 2
    ordered: bool = Field(default=False, description="whether the adversary knows the order of the events")


class SurvivalPart(Strict):
    """Time and event of a survival analysis, compared before and after the release."""

    table: str
    time: str = Field(description="column with the time to the event or to the end of observation")
    event: str = Field(description="column that says whether the event was seen")
    event_is: str = Field(default="1", description="its value where the event was seen; 0 in a column like CNSR")
    by: str = Field(default="", description="column of the groups compared, such as the treatment arm")
    where: dict[str, str] = Field(default={}, description="column -> value of the rows that count")


class AnchorSourcePart(Strict):
    """A column in which a subject's first day in the trial may stand."""

    table: str
    column: str
    where: dict[str, str] = Field(default={}, description="column -> value of the rows that count, such as VISITNUM: 1")
    numeric: str = Field(default="", description="what numbers mean, as for shift_date")
    format: Names = Field(default=[], description="written forms, as for shift_date")


class AnchorPart(Strict):
    """The PHUSE offset: every subject's first day becomes the start of the trial (`shift_date` with `anchored`)."""

    sources: Annotated[list[AnchorSourcePart], Field(min_length=1)]
    start: str = Field(
        default="",
        pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        description="day that all subjects get, YYYY-MM-DD; the earliest first day of all unless given",
    )


class LinkagePart(Strict):
    """An identified file that the release is attacked with, as a register that a recipient may hold."""

    file: str = Field(min_length=1, description="table with one row a person and some of the quasi-identifiers")
    subject: str = Field(min_length=1, description="its column with the subject as in the data; others are strangers")
    columns: dict[str, str] = Field(default={}, description="variable -> column of the file, where names differ")


class CorrelationsPart(Strict):
    """Numeric columns of one table whose correlations are compared before and after."""

    table: str
    columns: Annotated[list[str], Field(min_length=2)]


class AnonymisePart(Strict):
    """What the released table must satisfy, and what it may cost."""

    k: Annotated[int, Field(ge=2)]
    suppress_at_most: Annotated[float, Field(ge=0, le=1)] = 0.0
    recoding: Literal["global", "local"] = "global"
    suppressed: Literal["blank", "remove"] = "blank"
    quality: str = "loss"
    weights: dict[str, Annotated[float, Field(ge=0)]] = {}
    models: list[ModelPart] = []
    time_budget: Annotated[float, Field(gt=0)] = 60.0
    missing: Literal["category", "wildcard"] = Field(
        default="category",
        description="a missing quasi-identifier is a value of its own, or (its own subject only) matches any value",
    )
    sets: list[Annotated[list[str], Field(min_length=1)]] = Field(
        default=[],
        description="quasi-identifiers that different adversaries know: k holds on each set, and on all of them "
        "together only where a set names them all",
    )
    notation: Literal["hierarchy", "interval", "set"] = Field(
        default="hierarchy",
        description="cells in local recoding: values of the hierarchy; the narrowest interval for numbers; or that and "
        "the set of its values for everything else",
    )
    microaggregate: dict[str, Literal["mean", "median"]] = Field(
        default={}, description="numeric variables that local recoding replaces by a number for each class"
    )
    margin: MarginPart | None = None


class PolicyPart(Strict):
    """A whole policy."""

    deid: Literal[1]
    name: str = Field(min_length=1)
    extends: list[str] = []
    subject: Names = Field(default="auto", description="column that names the person; `auto` takes it from the profile")
    unlisted: Literal["refuse", "drop"] = "refuse"
    missing_subject: Literal["refuse", "drop_rows", "keep_rows"] = Field(
        default="refuse",
        description="rows that name no subject: refuse, leave out, or keep as rows about nobody",
    )
    disagreeing_copies: Literal["refuse", "take_first"] = Field(
        default="refuse",
        description="a subject with several values of a quasi-identifier: refuse, or count and release one of them "
        "(the first in the order of values)",
    )
    row_order: Literal["subject", "keep"] = "subject"
    claims: Literal["anonymised", "pseudonymised", "limited_data_set", "safe_harbor"] = "pseudonymised"
    rules: list[RulePart] = []
    columns: dict[str, ColumnPart] = {}
    tables: dict[str, dict[str, ColumnPart]] = {}
    drop_tables: list[str] = []
    ignore: list[str] = Field(default=[], description="glob patterns of files in the data folder that are no tables")
    data_model: str = Field(default="", description="ready data model, or a CSV file with table, column and class")
    expects: dict[str, str] = Field(
        default={}, description="TABLE.COLUMN -> expression (RE2) that every cell must match, such as a version"
    )
    references: dict[str, str] = Field(
        default={}, description="TABLE.COLUMN -> TABLE.COLUMN whose keys it holds, beside those of the data model"
    )
    orphans: Literal["refuse", "count"] = Field(
        default="refuse", description="keys without a row: refuse the input, or count them in the report"
    )
    formats: dict[str, dict[str, Any]] = Field(default={}, description="reader options by file-name pattern")
    anonymise: AnonymisePart | None = None
    counts_from: dict[str, str] = Field(
        default={}, description="variable -> table whose copy counts where copies disagree"
    )
    population: PopulationPart | None = None
    longitudinal: LongitudinalPart | None = None
    anchor: AnchorPart | None = None
    gates: dict[str, GatePart] = {}
    thresholds: Names = Field(default=[], description="named threshold profiles, whose gates are added to `gates`")
    survival: SurvivalPart | None = None
    linkage: LinkagePart | None = None
    correlations: CorrelationsPart | None = None
    context: dict[str, Any] = {}
    text: dict[str, Any] = Field(default={}, description="options of free-text redaction")
    recognisers: list[dict[str, Any]] = []
    exclude_subjects: str = Field(default="", description="file with the subjects to leave out, one a line")
    cell_minimum: Annotated[int, Field(ge=1)] = 11
    class_budget: Annotated[int, Field(ge=1)] = Field(
        default=CLASS_BUDGET,
        description="most distinct tuples of quasi-identifiers that are counted; data with more are refused",
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a policy, with the options of every transform."""
    from dataclasses import fields

    from deid.registry import plugins

    schema = PolicyPart.model_json_schema()
    schema["$id"] = "deid/policy-1"
    schema["title"] = "deid policy"
    options = {name: sorted(item.name for item in fields(cls)) for name, cls in plugins("transform").items()}
    schema["x-transform-options"] = options
    for part in ("ColumnPart", "RulePart"):
        schema["$defs"][part]["properties"]["do"]["enum"] = [*options, "undecided", "unlisted"]
    return schema
