"""Databases as the input and as the place of a release: addresses without passwords, readers, staged targets."""
