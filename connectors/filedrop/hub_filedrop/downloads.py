"""Files that are fetched by HTTP, as a stream of their own beside the mailbox."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from hub.errors import HubError
from hub.model.document import Direction, Document
from hub.sdk.capabilities import Page
from hub.sdk.context import ConnectionContext
from hub.sdk.mapped.uses import MappingUse
from hub_filedrop.client import DownloadClient, Version, file_of
from hub_filedrop.connector import MappedFiles
from hub_filedrop.settings import Download, FileDropSettings


@dataclass(frozen=True)
class Seen:
    """The cursor: the version of each download that is stored, and those that are still to be asked for in this
    round, by their marks."""

    versions: Mapping[str, Version] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()


_SEEN = TypeAdapter(Seen)


class Downloads(MappedFiles):
    """One page for each file that changed. A download that fails keeps none of the others back."""

    stream = "downloads"

    def __init__(self, context: ConnectionContext[FileDropSettings]) -> None:
        super().__init__(context)
        self._client = DownloadClient(context)
        self._downloads = {_mark(each): each for each in context.settings.download}
        # Told once the round is over: a hint only, for what failed is asked for again in the next one.
        self._failed: HubError | None = None

    @property
    def mappings_used(self) -> Sequence[MappingUse]:
        """Those of the downloads."""
        found = enumerate(self._context.settings.download)
        return [MappingUse(("download", number, "mapping"), each.mapping) for number, each in found]

    def fetch(self, cursor: str | None) -> Page:
        """The next download that is another one than before, with what is still to be asked for.

        Raises the first error of a round at its end.
        """
        seen = _SEEN.validate_json(cursor) if cursor else Seen()
        versions = {mark: version for mark, version in seen.versions.items() if mark in self._downloads}
        waiting = [mark for mark in seen.waiting if mark in self._downloads]
        if not waiting:
            self._raise_failed()
            waiting = [*self._downloads]
        while waiting:
            mark = waiting.pop(0)
            try:
                found = self._client.fetch(self._downloads[mark], versions.get(mark))
            except HubError as error:
                self._failed = self._failed or error
                continue
            if found is not None:
                version, body = found
                document = self._document(self._downloads[mark], version, body)
                following = _cursor({**versions, mark: version}, waiting)
                return Page((document,), following, more=bool(waiting) or self._failed is not None)
        self._raise_failed()
        return Page((), _cursor(versions, ()))

    def settle(self, page: Page) -> None:
        """A server is told nothing."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _raise_failed(self) -> None:
        failed, self._failed = self._failed, None
        if failed is not None:
            raise failed

    def _document(self, download: Download, version: Version, body: bytes) -> Document:
        name = file_of(download)
        moment = version.moment
        marks = (version.digest, name, version.etag, version.modified, str(version.number))
        return Document(
            connection=self._context.connection,
            direction=Direction.INBOUND,
            kind=download.mapping,
            # The number tells a file that is as it was the day before yesterday from that of then.
            source_id=" ".join(filter(None, marks)),
            body=body,
            at=self._context.clock(),
            meta={"file": name, "mapping": download.mapping, **({"modified": moment} if moment else {})},
        )


def _mark(download: Download) -> str:
    """A short word for a download, the same after a restart."""
    return hashlib.sha256(f"{download.mapping} {download.url}".encode()).hexdigest()[:16]


def _cursor(versions: Mapping[str, Version], waiting: Sequence[str]) -> str:
    return _SEEN.dump_json(Seen(versions, tuple(waiting))).decode()
