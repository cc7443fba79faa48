"""Crossdock's connector for Shopify's Admin GraphQL API."""
