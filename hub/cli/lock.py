"""One daemon per configuration: a kernel lock, which ends with its process however that dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.errors import ConfigurationError


@contextmanager
def only_daemon(config: Path) -> Iterator[None]:
    """Hold the configuration's lock file for the block.

    Raises ConfigurationError ``configuration.already-running`` while another process holds it, and
    ``configuration.lock`` where the file can't be made.
    """
    path = _path(config)
    try:
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise ConfigurationError(
            f"The lock file cannot be made ({type(error).__name__}).",
            code="configuration.lock",
            cure="Make the configuration's folder writable for the user that runs the hub.",
            place=str(path),
        ) from None
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(held, 32, 0).decode("ascii", "replace").strip()
            raise ConfigurationError(
                f"Another hub runs on this configuration (process {other or 'unknown'}).",
                code="configuration.already-running",
                cure="Stop it first, or give the second hub a configuration and a database of its own.",
                place=str(config),
            ) from None
        os.ftruncate(held, 0)
        os.pwrite(held, f"{os.getpid()}\n".encode(), 0)
        # The file stays: taking it away would let a third process lock a new one of the same name.
        yield
    finally:
        os.close(held)


def daemon_runs(config: Path) -> bool:
    """Whether some process holds the configuration's lock now."""
    path = _path(config)
    try:
        held = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(held)
    return False


def _path(config: Path) -> Path:
    """The same for every way to name the same file."""
    real = config.resolve()
    return real.with_name(real.name + ".lock")
