"""The signature block: what the policy states, the rest to be written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deid.decisions import Policy
from deid.report.disclosure import printable

#: What a signature block needs, and the words of the context that may give it.
_SIGNED: Mapping[str, tuple[str, ...]] = {
    "purpose": ("purpose",),
    "recipient": ("recipient",),
    "method": ("method", "method_of_determination"),
    "scope": ("scope",),
    "valid_until": ("valid_until", "expiry", "expires"),
    "name": ("expert", "signed_by", "approver", "responsible"),
    "credentials": ("credentials", "expert_credentials", "role"),
}
_METHODS: Mapping[str, str] = {
    "safe_harbor": "Safe Harbor, 45 CFR 164.514(b)(2)",
    "limited_data_set": "Limited data set, 45 CFR 164.514(e)",
}
#: Fields in the order in which they are signed, with their labels.
LABELS: Mapping[str, str] = {
    "purpose": "Purpose",
    "recipient": "Recipient",
    "scope": "Scope of the determination",
    "method": "Method of determination",
    "name": "Name",
    "credentials": "Role and credentials",
    "valid_until": "Valid until (expiry)",
}


def sign_off(policy: Policy) -> dict[str, str]:
    """Return what the policy states for the signature block; what it does not state is left to be written in."""
    stated = {
        field: next((words(policy.context[name]) for name in names if name in policy.context), "")
        for field, names in _SIGNED.items()
    }
    if not stated["method"]:
        stated["method"] = _METHODS.get(policy.claims, "")
    return stated


def words(value: Any) -> str:
    """Return an entry of the policy's context as one line."""
    if isinstance(value, list | tuple):
        return "; ".join(words(item) for item in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{printable(name)}: {words(value[name])}" for name in sorted(value, key=str))
    return printable(value, 1000)
