"""The stages that read rows, spread over the workers of an engine: the same Facts, files and verdict."""

from deid.spreading.gather import collect
from deid.spreading.judge import verify
from deid.spreading.parts import Part, profile
from deid.spreading.put import write

__all__ = ["Part", "collect", "profile", "verify", "write"]
