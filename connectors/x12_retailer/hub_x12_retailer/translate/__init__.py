"""Pure wire <-> canonical, one module per direction and document."""
