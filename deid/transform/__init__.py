"""Transforms: change a column."""
