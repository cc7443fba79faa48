"""Fuzzing: `make fuzz MUTANTS=100000 SEED=1`."""
