"""Nightly batches under one frozen recipe: `python nightly_batches.py FOLDER KEYFILE`, or tasks of an orchestrator.

The first batch decides how every column is coarsened; each later one is treated alike, and k holds over all of them.
The functions are plain: wrap them in the task decorator of Airflow, Prefect or Dagster, one batch a run, one at a time.

    @task                                   # Airflow: from airflow.sdk import task; Prefect: from prefect import task
    def release_batch(name: str) -> str:
        return str(treat(Path("/data/batches") / name, POLICY, STATE, Path("/secrets/deid.key")))
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import deid


def treat(batch: Path, policy: Path, state: Path, key_file: Path) -> Path:
    """Release one batch (a Parquet file) into `state/released`; the recipe in `state` grows by it."""
    key = deid.Key.load(key_file)
    recipe, following = state / "recipe", state / "recipe.next"
    frames, _ = deid.deidentify(
        {"admissions": pd.read_parquet(batch)},
        policy,
        key=key,
        recipe=recipe if recipe.exists() else None,
        freeze=following,
        outside="suppress",
    )
    released = state / "released"
    released.mkdir(parents=True, exist_ok=True)
    target = released / batch.name
    frames["admissions"].to_parquet(target)
    following.replace(recipe)  # last: a batch that failed is not counted
    return target


if __name__ == "__main__":
    folder, key_file = Path(sys.argv[1]), Path(sys.argv[2])
    for path in sorted((folder / "batches").glob("*.parquet")):
        sys.stdout.write(f"{treat(path, folder / 'policy.yaml', folder / 'state', key_file)}\n")
