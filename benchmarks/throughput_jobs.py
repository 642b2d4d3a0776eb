"""The jobs that `throughput.py` measures, each in a process of its own: `python throughput_jobs.py JOB INPUT OUTPUT`.

Scripts of others are written as one would write them by hand: HMAC-SHA-256 pseudonyms, one date shift a subject, the
levels that our search chose, raw and released classes counted, classes under 11 blanked, rows sorted by pseudonym.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KEY = bytes(range(32))
K = 11
KEPT = ("diagnosis_code", "stage", "arm", "haemoglobin", "leukocytes", "creatinine")
QUASI = ("birth_date", "sex", "race", "state")
POLICY = Path(__file__).parent / "policies" / "table20_scale.yaml"
JOBS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {}


def job(function: Callable[[Path, Path], dict[str, Any]]) -> Callable[[Path, Path], dict[str, Any]]:
    """Enter a job under its name."""
    JOBS[function.__name__] = function
    return function


def released(data: Path, out: Path, jobs: int) -> dict[str, Any]:
    """Release the table with deid; return CPU and wall seconds and rows by stage, and the size of the class table."""
    from deid import pipeline
    from deid.keys import Key
    from deid.policy.load import load

    stages: dict[str, dict[str, float]] = {}

    def timed(name: str) -> None:
        function = getattr(pipeline, name)

        def run(*arguments: Any, **named: Any) -> Any:
            cpu, wall = time.process_time(), time.perf_counter()
            result = function(*arguments, **named)
            stages[name.strip("_")] = {
                "cpu": round(time.process_time() - cpu, 2),
                "wall": round(time.perf_counter() - wall, 2),
                "peak_mb": peak_mb(),
            }
            return result

        setattr(pipeline, name, run)

    for name in ("profile_source", "collect", "recode", "_write", "verify"):
        timed(name)
    more: dict[str, Any] = {"jobs": jobs} if jobs > 1 else {}
    done = pipeline.run(data, load(POLICY), out, key=Key(KEY), output_format="parquet", **more)
    before = done.verified.verdict.before
    return {"stages": stages, "classes": {name: before[name].value for name in ("classes", "k") if name in before}}


def peak_mb() -> int:
    """Return the largest resident size of this process so far."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@job
def ours(data: Path, out: Path) -> dict[str, Any]:
    """Run deid in one process."""
    return released(data, out, 1)


@job
def ours_two(data: Path, out: Path) -> dict[str, Any]:
    """Run deid with two processes."""
    return released(data, out, 2)


def secrets_of(ids: list[str]) -> tuple[list[str], list[int]]:
    """Return pseudonym and shift of each id."""
    one, two = hmac.new(KEY, b"pseudonym", "sha256"), hmac.new(KEY, b"shift", "sha256")
    names, days = [], []
    for identifier in ids:
        octets = identifier.encode()
        first, second = one.copy(), two.copy()
        first.update(octets)
        second.update(octets)
        names.append(first.hexdigest()[:16])
        drawn = int.from_bytes(second.digest(), "big") % 728
        days.append(-1 - drawn if drawn < 364 else drawn - 363)
    return names, days


@job
def polars(data: Path, out: Path) -> dict[str, Any]:
    """Do the same by hand in polars."""
    import polars as pl

    wanted = ["patient_id", "admit_date", "discharge_date", "weight_kg", *QUASI, *KEPT]
    table = pl.scan_csv(data, infer_schema=False).select(wanted).collect()
    names, days = secrets_of(table["patient_id"].to_list())
    classes = table.group_by(QUASI).len().height
    table = table.with_columns(
        pl.Series("patient_id", names), pl.duration(days=pl.Series("shift", days)).alias("shift")
    ).with_columns(
        *(
            (pl.col(name).str.to_date("%Y-%m-%d") + pl.col("shift")).dt.to_string("%Y-%m-%d")
            for name in ("admit_date", "discharge_date")
        ),
        pl.col("birth_date").str.slice(0, 3) + "0s",
        ((pl.col("weight_kg").cast(pl.Float64) / 10).round() * 10).cast(pl.Int64).cast(pl.String),
    )
    sizes = pl.len().over(QUASI)
    table = table.with_columns(pl.when(sizes >= K).then(pl.col(name)).alias(name) for name in QUASI)
    table.drop("shift").sort("patient_id").write_parquet(out, compression="zstd")
    return {"classes": classes, "rows": table.height}


@job
def duckdb(data: Path, out: Path) -> dict[str, Any]:
    """Do the same by hand in DuckDB, HMAC written out in SQL."""
    import duckdb

    def mac(purpose: bytes) -> str:
        own = hmac.digest(KEY, purpose, "sha256").ljust(64, b"\0")
        inner, outer = ("".join(f"\\x{octet ^ pad:02X}" for octet in own) for pad in (0x36, 0x5C))
        return f"sha256('{outer}'::BLOB || unhex(sha256('{inner}'::BLOB || encode(patient_id))))"

    base = duckdb.connect()
    base.execute("SET threads = 2")
    quasi, kept = ", ".join(QUASI), ", ".join(KEPT)
    base.execute(f"CREATE TABLE input AS SELECT * FROM read_csv('{data}', all_varchar = true)")
    found = base.execute(f"SELECT count(*) FROM (SELECT DISTINCT {quasi} FROM input)").fetchone()
    drawn = "CASE WHEN d < 364 THEN -1 - d ELSE d - 363 END"
    base.execute(
        f"CREATE TABLE moved AS SELECT left({mac(b'pseudonym')}, 16) AS patient_id, "
        f"('0x' || left({mac(b'shift')}, 12))::BIGINT % 728 AS d, admit_date, discharge_date, "
        f"left(birth_date, 3) || '0s' AS birth_date, sex, race, state, {kept}, "
        "(round(weight_kg::DOUBLE / 10) * 10)::INTEGER::VARCHAR AS weight_kg FROM input"
    )
    cells = ", ".join(f"CASE WHEN n >= {K} THEN {name} END AS {name}" for name in QUASI)
    base.execute(
        f"COPY (SELECT patient_id, strftime(admit_date::DATE + ({drawn})::INTEGER, '%Y-%m-%d') AS admit_date, "
        f"strftime(discharge_date::DATE + ({drawn})::INTEGER, '%Y-%m-%d') AS discharge_date, {cells}, {kept}, "
        f"weight_kg FROM (SELECT *, count(*) OVER (PARTITION BY {quasi}) AS n FROM moved) ORDER BY patient_id) "
        f"TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return {"classes": found[0] if found else 0}


@job
def pandas(data: Path, out: Path) -> dict[str, Any]:
    """Do the same by hand in pandas."""
    import pandas as pd

    table = pd.read_csv(data, dtype=str, keep_default_na=False)
    table = table[["patient_id", "admit_date", "discharge_date", "weight_kg", *QUASI, *KEPT]]
    names, days = secrets_of(table["patient_id"].tolist())
    classes = table.groupby(list(QUASI), sort=False).ngroups
    table["patient_id"] = names
    shift = pd.to_timedelta(pd.Series(days), unit="D")
    for name in ("admit_date", "discharge_date"):
        table[name] = (pd.to_datetime(table[name], format="%Y-%m-%d") + shift).dt.strftime("%Y-%m-%d")
    table["birth_date"] = table["birth_date"].str[:3] + "0s"
    table["weight_kg"] = ((table["weight_kg"].astype(float) / 10).round() * 10).astype(int).astype(str)
    small = table.groupby(list(QUASI))["sex"].transform("size") < K
    table.loc[small, list(QUASI)] = None
    table.sort_values("patient_id").to_parquet(out, compression="zstd", index=False)
    return {"classes": classes}


@job
def csv_ours(data: Path, out: Path) -> dict[str, Any]:
    """Read a CSV file and write it again as deid does: checked, all text, formulas defused, synced to the disk."""
    from dataclasses import replace

    from deid.formats.delimited import Csv

    table = Csv().inspect(data, {})[0]
    writer = Csv().open(out, replace(table, path=out))
    for batch in Csv().read(table):
        writer.write(batch)
    writer.close()
    return {}


@job
def csv_pandas(data: Path, out: Path) -> dict[str, Any]:
    """Read a CSV file with pandas' defaults and write it again."""
    import pandas as pd

    pd.read_csv(data).to_csv(out, index=False)
    return {}


@job
def csv_pandas_text(data: Path, out: Path) -> dict[str, Any]:
    """The same with every cell as text, as it must be to keep leading zeros."""
    import pandas as pd

    pd.read_csv(data, dtype=str, keep_default_na=False).to_csv(out, index=False)
    return {}


@job
def count_ours(data: Path, out: Path) -> dict[str, Any]:
    """Count the classes of six text columns as pass one does: codes by batch, packed, grouped."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.feather as feather

    from deid.classes import group_columns, tally
    from deid.collecting.tuples import Vocabulary

    table = feather.read_table(data, memory_map=True)

    def count() -> int:
        columns, sizes = [], []
        for column in table.columns:
            vocabulary = Vocabulary()
            columns.append(np.concatenate([vocabulary.encode(chunk) for chunk in column.chunks]))
            sizes.append(len(vocabulary.codes))
        distinct, member = group_columns(columns, sizes)
        return int((tally(member, len(distinct)) > 0).sum())

    assert pa.types.is_string(table.schema.types[0])
    return timed(count)


@job
def count_pandas(data: Path, out: Path) -> dict[str, Any]:
    """The same by pandas."""
    import pyarrow.feather as feather

    frame = feather.read_table(data).to_pandas()
    return timed(lambda: len(frame.groupby(list(frame.columns), sort=False).size()))


@job
def count_polars(data: Path, out: Path) -> dict[str, Any]:
    """The same by polars."""
    import polars as pl
    import pyarrow.feather as feather

    frame = pl.from_arrow(feather.read_table(data))
    assert isinstance(frame, pl.DataFrame)
    return timed(lambda: frame.group_by(frame.columns).len().height)


@job
def count_duckdb(data: Path, out: Path) -> dict[str, Any]:
    """The same by DuckDB."""
    import duckdb
    import pyarrow.feather as feather

    base = duckdb.connect()
    base.execute("SET threads = 2")
    base.register("given", feather.read_table(data))
    base.execute("CREATE TABLE held AS SELECT * FROM given")
    names = ", ".join(row[0] for row in base.execute("DESCRIBE held").fetchall())
    query = f"SELECT count(*) FROM (SELECT {names}, count(*) FROM held GROUP BY {names})"
    return timed(lambda: base.execute(query).fetchall()[0][0])


def timed(count: Callable[[], int]) -> dict[str, Any]:
    """Run something three times; return its answer and the least CPU and wall seconds."""
    cpus, walls, answer = [], [], 0
    for _ in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        answer = count()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return {"answer": answer, "best_cpu": round(min(cpus), 3), "best_wall": round(min(walls), 3)}


def texts_of(data: Path) -> tuple[list[str], list[str], list[list[str]]]:
    """Return subject, comment and planted identifiers of each row."""
    rows = json.loads(data.read_text("utf-8"))
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def recall(released: list[str], planted: list[list[str]]) -> dict[str, float]:
    """Return the share of planted identifiers that the texts no longer hold."""
    total = sum(map(len, planted))
    left = sum(one in text for text, ones in zip(released, planted, strict=True) for one in ones)
    return {"planted": total, "recall": round(1 - left / max(total, 1), 4)}


@job
def text_ours(data: Path, out: Path) -> dict[str, Any]:
    """Redact the comments with deid, detector set up once."""
    import pyarrow as pa

    from deid.contracts import Context
    from deid.detect import build_detector
    from deid.transform.redact import Redact

    subjects, comments, planted = texts_of(data)
    detector = build_detector({})
    detector.find_all(["Nothing."], [()])
    cpu = time.process_time()
    context = Context("t", "comment", "", subject=pa.array(subjects), detector=detector)
    done = Redact().apply(pa.array(comments), context).to_pylist()
    return {"rows": len(done), "best_cpu": round(time.process_time() - cpu, 2), **recall(done, planted)}


@job
def text_presidio(data: Path, out: Path) -> dict[str, Any]:
    """Run Presidio in `DataFrame.apply`, as its users do, on the first 2,000 rows."""
    import pandas as pd
    from presidio_anonymizer import AnonymizerEngine

    _, comments, planted = texts_of(data)
    analyzer, anonymizer = presidio(), AnonymizerEngine()
    frame = pd.DataFrame({"comment": comments[:SCALED]})
    cpu = time.process_time()
    done = frame["comment"].apply(
        lambda text: anonymizer.anonymize(text, analyzer.analyze(text, language="en")).text  # type: ignore[arg-type]
    )
    return {"rows": SCALED, "best_cpu": round(time.process_time() - cpu, 2), **recall(done.tolist(), planted[:SCALED])}


@job
def text_structured(data: Path, out: Path) -> dict[str, Any]:
    """Run presidio-structured on the first 2,000 rows; a column that holds persons is replaced whole."""
    import pandas as pd
    from presidio_structured import PandasAnalysisBuilder, StructuredEngine

    _, comments, planted = texts_of(data)
    frame = pd.DataFrame({"comment": comments[:SCALED]})
    builder = PandasAnalysisBuilder(presidio())
    cpu = time.process_time()
    analysis = builder.generate_analysis(frame)
    done = StructuredEngine().anonymize(frame, analysis) if analysis.entity_mapping else frame
    texts = done["comment"].tolist()
    facts = recall(texts, planted[:SCALED])
    return {"rows": SCALED, "best_cpu": round(time.process_time() - cpu, 2), **facts}


def presidio() -> Any:
    """Return stock Presidio over the same spaCy model that deid uses."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    from deid.detect.lexicon import MODEL

    settings = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
    return AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine())


SCALED = 2_000


def main() -> None:
    """Run one job and print what it returns."""
    name, data, out = sys.argv[1:4]
    print(json.dumps(JOBS[name](Path(data), Path(out))))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    assert hashlib.sha256  # imported before any timing
    main()
