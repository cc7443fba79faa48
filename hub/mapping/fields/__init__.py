"""Field mappings: what a partner's records say in our words, and ours in theirs, declared in YAML (ADR 0026)."""
