"""De-identify clinical tables and notes."""
