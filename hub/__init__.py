"""Crossdock: an open distributed order management hub."""

__version__ = "0.1.0"
