"""Sandboxes: brands in which nothing is real."""
