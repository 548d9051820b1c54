"""Tiers: which one a customer is in, by what they did, and for how long (docs/guide/tiers.md)."""
