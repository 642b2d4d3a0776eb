"""How the profile stage tells what a column holds: header words, value shapes, dictionaries, and their weights."""
