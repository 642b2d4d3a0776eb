"""Engines: where batches are mapped and counted."""
