"""Draws in the console."""
