"""Partner mappings: files to a frozen Codebook and to model rules."""
