"""The only module that downloads: one GET for each file, conditional on what is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from hub.errors import TransientError
from hub.sdk.context import ConnectionContext
from hub_filedrop.settings import Download, FileDropSettings

if TYPE_CHECKING:
    from hub.transport.answers import HttpResponse
    from hub.transport.http import HttpClient

_NOT_MODIFIED = 304
_EMPTY_RANGE = 416
"""An empty file has no first byte; only the check asks for one."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a file was when it was fetched: the digest of its body, its ETag and Last-Modified as the server wrote them,
    and its place among the versions of it that we saw."""

    digest: str
    etag: str = ""
    modified: str = ""
    number: int = 1

    @property
    def moment(self) -> str:
        """Last-Modified in ISO 8601; empty where the server says none that can be read."""
        try:
            found = parsedate_to_datetime(self.modified)
        except ValueError:
            return ""
        return found.astimezone(UTC).isoformat() if found.tzinfo is not None else ""


class DownloadClient:
    """Fetches the downloads of a connection; opening is lazy, because parsing needs no connection."""

    def __init__(self, context: ConnectionContext[FileDropSettings]) -> None:
        self._context = context
        self._clients: dict[str, HttpClient] = {}

    def fetch(self, download: Download, known: Version | None) -> tuple[Version, bytes] | None:
        """The file and its version; None where it is still the known one.

        Raises TransientError ``transport.unexpected-answer`` for a web page in its place, and as the transport does.
        """
        known = known or Version("", number=0)
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        answer = self._get(download, {name: value for name, value in asked.items() if value})
        if answer.status == _NOT_MODIFIED:
            return None
        if answer.headers.get("content-type", "").partition(";")[0].strip().lower() == "text/html":
            raise TransientError("The answer is a web page, not a file.", code="transport.unexpected-answer")
        digest = hashlib.sha256(answer.body).hexdigest()
        etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        if (digest, etag, modified) == (known.digest, known.etag, known.modified):
            return None
        return Version(digest, etag, modified, known.number + 1), answer.body

    def check(self) -> Iterator[str]:
        """What each download is called, once its server answers. Raises as ``fetch``."""
        for download in self._context.settings.download:
            self._get(download, {"Range": "bytes=0-0"})
            yield file_of(download)

    def close(self) -> None:
        """Close the connections; they open again when used."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _get(self, download: Download, headers: Mapping[str, str]) -> HttpResponse:
        accept = frozenset({_NOT_MODIFIED, _EMPTY_RANGE})
        return self._client(download).request(
            "GET", _path(download), safe=True, headers=headers, expect=None, accept=accept
        )

    def _client(self, download: Download) -> HttpClient:
        if download.url not in self._clients:
            self._clients[download.url] = self._opened(download)
        return self._clients[download.url]

    def _opened(self, download: Download) -> HttpClient:
        from hub.transport.http import HttpSettings, Timing, open_http

        settings, context = self._context.settings, self._context
        address = urlsplit(download.url)
        return open_http(
            HttpSettings(
                base_url=f"{address.scheme}://{address.netloc}",
                allowed_hosts=frozenset({address.hostname or ""}),
                allow_private=context.allow_private,
                read_timeout_seconds=settings.deadline_seconds,
                deadline_seconds=settings.deadline_seconds,
                max_response_bytes=settings.max_download_bytes,
                headers=download.headers,
                basic_auth=(download.username, download.password) if download.password is not None else None,
            ),
            timing=Timing(clock=context.monotonic, sleep=context.sleep, random=context.random.random),
        )


def file_of(download: Download) -> str:
    """What the file is called."""
    path = urlsplit(download.url).path
    return download.name or unquote(path.rpartition("/")[2]) or urlsplit(download.url).netloc


def _path(download: Download) -> str:
    address = urlsplit(download.url)
    return f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
