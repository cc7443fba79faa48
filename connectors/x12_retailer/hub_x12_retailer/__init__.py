"""Crossdock's connector for retailers that order from us by ANSI X12 documents."""
