"""Crossdock's connector for warehouses (3PL) that trade by ANSI X12 documents."""
