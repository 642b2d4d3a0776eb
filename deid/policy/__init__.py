"""The policy stage: YAML -> `Policy`, every problem at once, with file:line and 'did you mean'."""

from deid.policy.document import Document, parse, read
from deid.policy.grammar import json_schema
from deid.policy.load import load, load_text, ready_policies

__all__ = ["Document", "json_schema", "load", "load_text", "parse", "read", "ready_policies"]
