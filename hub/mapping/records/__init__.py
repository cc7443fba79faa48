"""Files of records: bytes to records and back. Tables give rows of texts, trees give nested values.

Nothing here knows a field or a partner: how a file is laid out is declared (``RecordFormat``), what its values mean
is a mapping's business. A file that cannot be trusted is refused as a whole (DataError ``records.*``), a row that
cannot be used is rejected and the rest is read (ADR 0028).
"""
