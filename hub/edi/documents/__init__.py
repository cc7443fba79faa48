"""Transaction sets as frozen dataclasses in X12's own words, one file per set."""
