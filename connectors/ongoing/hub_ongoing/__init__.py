"""Crossdock's connector for Ongoing WMS, by SOAP."""
