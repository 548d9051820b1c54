"""Webhooks: what happens here is told to addresses that a brand names, signed, until they have taken it.

Upper rooms say what can be told: a log that is followed (`events.LOGS`), or single events told in the
transaction that makes them so (`events.KINDS` and `writing.tell`). See docs/guide/webhooks.md.
"""
