"""The till's pages, for an associate on a phone."""
