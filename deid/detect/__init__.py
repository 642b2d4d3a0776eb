"""Recognisers: find identifiers in text. The only importer of presidio-analyzer."""
