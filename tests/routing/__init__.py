"""What the tests and benchmarks of routing share: an accounting of their own, oracles and problems at random."""
