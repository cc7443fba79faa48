"""Done markers over any mailbox: a file counts once the empty file that says so lies beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.transport.mail_entry import MailEntry
from hub.transport.mail_names import LONG_SETTLED_SECONDS
from hub.transport.mail_patterns import MarkerName
from hub.transport.mailbox import Mailbox


@dataclass(frozen=True)
class _Marker:
    """A marker as it was listed, and the files it stands for: several where it is named by their stem."""

    entry: MailEntry
    files: set[str] = field(default_factory=set)


class MarkedMailbox:
    """``Mailbox`` that waits for the partner's markers, puts our own, or both; see the Protocol for the rest.

    The order of steps is what makes a crash harmless: a marker is put after its file, so a repeat of ``write`` puts
    the one that is missing; a file is moved before its marker, so a marker may stay behind but never a file that
    nobody lists.
    """

    def __init__(
        self,
        inner: Mailbox,
        *,
        receive_marker: str = "",
        send_marker: str = "",
        now: Callable[[], float],
    ) -> None:
        self._inner = inner
        self._receive = MarkerName.of(receive_marker) if receive_marker else None
        self._send = MarkerName.of(send_marker) if send_marker else None
        self._now = now
        self._seen: dict[tuple[str, str], _Marker] = {}

    def list(self, folder: str) -> list[MailEntry]:
        """Whole files with their marker; a marker left behind by an earlier file of that name is older than the
        file and is not believed until the file has long been unchanged."""
        listed = self._inner.list(folder)
        if self._receive is None:
            return listed
        rule, moment = self._receive, self._now()
        markers = {entry.name: entry for entry in listed if rule.names(entry.name)}
        found: list[MailEntry] = []
        self._seen = {key: seen for key, seen in self._seen.items() if key[0] != folder}
        for entry in listed:
            marker = markers.get(rule.beside(entry.name))
            if marker is None or rule.names(entry.name):
                continue
            if marker.modified < entry.modified and moment - entry.modified.timestamp() < LONG_SETTLED_SECONDS:
                continue
            self._seen.setdefault((folder, marker.name), _Marker(marker)).files.add(entry.name)
            found.append(entry)
        return found

    def read(self, folder: str, name: str) -> bytes:
        """The file's bytes."""
        return self._inner.read(folder, name)

    def write(self, folder: str, name: str, body: bytes) -> None:
        """Puts the file, then its marker; a repeat is safe after either."""
        self._inner.write(folder, name, body)
        if self._send is not None:
            self._inner.write(folder, self._send.beside(name), b"")

    def move(self, folder: str, name: str, to_folder: str, expected: MailEntry | None = None) -> None:
        """Moves the file, then its marker."""
        self._inner.move(folder, name, to_folder, expected)
        marker = self._marker_left(folder, name)
        if marker is not None:
            self._inner.move(folder, marker.name, to_folder, marker)

    def remove(self, folder: str, name: str, expected: MailEntry) -> None:
        """Deletes the file, then its marker."""
        self._inner.remove(folder, name, expected)
        marker = self._marker_left(folder, name)
        if marker is not None:
            self._inner.remove(folder, marker.name, marker)

    def exists(self, folder: str, name: str) -> bool:
        """Whether the file lies there, with our marker where we put markers: without it nobody takes the file."""
        there = self._inner.exists(folder, name)
        return there and (self._send is None or self._inner.exists(folder, self._send.beside(name)))

    def close(self) -> None:
        """Closes the mailbox below."""
        self._inner.close()

    def _marker_left(self, folder: str, name: str) -> MailEntry | None:
        """The marker, as it was listed, of a file that has gone, where no other file waits for it."""
        if self._receive is None or self._inner.exists(folder, name):
            return None
        seen = self._seen.get((folder, self._receive.beside(name)))
        if seen is None:
            return None
        seen.files.discard(name)
        return seen.entry if not seen.files and self._inner.exists(folder, seen.entry.name) else None
