"""Guanxi: customer retention for brands that sell in China."""

__version__ = "0.1.0"
