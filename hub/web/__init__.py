"""The web: webhooks in, health, metrics and the read-only API (FastAPI)."""
