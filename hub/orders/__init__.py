"""Orders, pure: where each unit of a line is, which moves are legal, what a newer version changes."""
