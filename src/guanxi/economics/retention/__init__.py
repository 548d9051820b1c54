"""Who comes back, when, and who is leaving."""
