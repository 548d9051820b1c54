"""The rights of the people in the database: access, correction, erasure, freeze; retention and the record of
processing. See docs/guide/rights.md."""
