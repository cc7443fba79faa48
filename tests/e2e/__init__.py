"""Whole flows: the real daemon in its own process between simulated partners over their real protocols."""
