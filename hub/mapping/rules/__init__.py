"""``mappings/rules.yaml`` and its drafts: a merchant's rules of routing, checked with the place of every fault."""
