"""One module per business flow; this listing is the feature list."""
