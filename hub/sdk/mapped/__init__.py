"""Documents that a field mapping reads or writes: files of any kind, and answers of REST interfaces (ADR 0026)."""
