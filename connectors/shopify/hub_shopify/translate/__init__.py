"""Pure translation between Shopify's words and ours; no I/O, same input, same output."""
