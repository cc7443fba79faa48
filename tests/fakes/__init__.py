"""Fake partners and other stand-ins that several test suites share."""
