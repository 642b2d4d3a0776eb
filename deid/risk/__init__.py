"""Metrics: measure a dataset on its class table."""
