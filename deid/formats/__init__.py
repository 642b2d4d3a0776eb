"""Formats: read and write tables."""
