"""Warehouse documents to canonical items and back: no I/O."""
