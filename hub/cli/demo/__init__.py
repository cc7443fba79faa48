"""The toy shop: simulated partners on loopback, the real daemon between them, and a judge who reads the books."""
