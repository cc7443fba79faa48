"""What every connector that trades by X12 files is built of.

``partner`` is the connector's glue, ``mailbox`` its I/O, ``settings`` what both are told. ``translate`` is pure: files
to canonical items by a table of translators (``sets``) that each connector chooses from and adds to; instructions and
answers to files. Nothing here is loaded before it is used.
"""
