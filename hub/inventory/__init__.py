"""Stock, pure: partners' counts turned into ours, the ledger's rows, what may be promised and shown."""
