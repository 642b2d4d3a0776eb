"""The policy and the key that a command was given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deid.decisions import Policy
    from deid.keys import Key


def policy_of(name: str, *, drafts: bool = False) -> Policy:
    """Return the policy of a file, or the ready one of that name; of a draft its open lines too. Raises PolicyError."""
    from deid.policy import load

    return load(name, drafts=drafts)


def key_of(file: Path | None) -> tuple[Key, str]:
    """Return the key of a file, else of the environment, and which of the two. Raises UsageError."""
    from deid.keys import Key

    return Key.load(file), "file" if file else "environment"
