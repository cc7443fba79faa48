"""The hub's own description of transaction sets: elements, segments, sets. Numbers, types and lengths
only, in our own words; code lists are open and every position of a segment is declared (edi.md 2.2)."""
