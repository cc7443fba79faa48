"""The errors that several readers and writers of records have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hub.errors import DataError


@contextmanager
def in_file(name: str) -> Iterator[None]:
    """Errors on the way out say which file they are of."""
    try:
        yield
    except DataError as error:
        error.path = f"{name}: {error.path}" if error.path else name
        raise


def too_big(message: str, path: str = "") -> DataError:
    """A limit was passed; what came after it was not read."""
    return DataError(
        message,
        code="records.too-big",
        cure="Ask for smaller files; where this one is right, raise the limit in the format.",
        path=path,
    )


def truncated(message: str, path: str = "") -> DataError:
    """The file ends before it is over: it was read while it was written, or the transfer broke off."""
    return DataError(
        message, code="records.truncated", cure="Fetch it again once it is whole, or have it sent again.", path=path
    )


def unreadable(message: str, cure: str) -> DataError:
    """The bytes are of another kind than the format says."""
    return DataError(message, code="records.unreadable", cure=cure)


def no_records(path: str, what: str = "There is nothing") -> DataError:
    """The path to the records leads nowhere."""
    return DataError(f"{what} at {path}.", code="records.path", cure="Correct records in the format.", path=path)


def unwritable(message: str, cure: str, path: str = "") -> DataError:
    """What is to be written would not be read back as it is."""
    return DataError(message, code="records.unwritable", cure=cure, path=path)
