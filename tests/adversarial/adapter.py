"""Adapter of the adversarial runner: the abstract policy in our grammar, the key where we look for it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import yaml

ACTIONS: dict[str, dict[str, Any]] = {
    "pseudonym": {"role": "direct_identifier", "do": "pseudonym"},
    "drop": {"do": "drop"},
    "generalise_year": {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"dates": ["year", "decade"]}},
    "generalise_zip3": {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"ready": "zip3", "min_level": 1}},
    "date_shift": {"role": "insensitive", "do": "shift_date", "on_error": "suppress"},
    "redact_text": {"role": "free_text", "do": "redact"},
    "generalise_age": {
        "role": "quasi_identifier",
        "do": "generalise",
        "hierarchy": {"interval": 10, "top": 90, "bottom": 0, "min_level": 1},
    },
    "keep": {"role": "insensitive", "do": "keep", "accept": ["identifier", "singling_out"]},
}


def render_policy(abstract: dict[str, Any]) -> str:
    """Return the abstract policy as YAML of ours."""
    columns = {name: dict(ACTIONS[action]) for name, action in abstract["columns"].items()}
    subject = [name for name, action in abstract["columns"].items() if action == "pseudonym"]
    policy: dict[str, Any] = {"deid": 1, "name": "adversarial", "disagreeing_copies": "take_first"}
    policy["columns"] = columns
    policy["subject"] = subject or ["none"]
    if "k" in abstract:
        policy["anonymise"] = {"k": abstract["k"], "suppress_at_most": 0.25}
        for name in abstract.get("qi", []):
            columns[name]["role"] = "quasi_identifier"
    return str(yaml.dump(policy, Dumper=_NoAliases, sort_keys=False, allow_unicode=True))


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def set_key(env: dict[str, str], key: str) -> None:
    """Put a key of the right form into the environment."""
    env["DEID_KEY"] = hashlib.sha256(key.encode()).hexdigest()


def data_files(out: str) -> list[str]:
    """Return the released data files."""
    return sorted(str(path) for path in Path(out, "data").glob("**/*.*"))
