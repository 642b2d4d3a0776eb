"""The disclosure-risk report: HTML for people, JSON for machines."""
