"""Bytes to and from partners: HTTP, SOAP and mailboxes, behind one egress guard.

The only package that imports httpx, zeep and asyncssh; their exceptions leave it as ``hub.errors``.
"""
