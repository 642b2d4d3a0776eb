"""What pass one gathers: subjects and their tuples, identifiers, vocabularies."""
