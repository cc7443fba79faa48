"""Crossdock's connector for suppliers that trade by ANSI X12 documents."""
