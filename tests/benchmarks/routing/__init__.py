"""How good and how fast routing is, beside policies that others use."""
