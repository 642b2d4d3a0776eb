"""Search: class table to recoding."""
