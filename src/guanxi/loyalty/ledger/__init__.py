"""The one ledger (docs/guide/ledger.md)."""
