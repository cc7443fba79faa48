"""The files of a set-up, and how others are put in their place: all of them or none, whenever the process ends.

What is to come is written into ``.crossdock-backup/next`` beside a copy of what is there. Renaming that folder to
``pending`` decides: from then on the change is finished by whoever reads the set-up next, where its own process cannot.
Readers hold a lock on the set-up's folder meanwhile, so none sees one file of the old and another of the new.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hub.errors import ConfigurationError

BACKUPS = ".crossdock-backup"
"""The folder beside hub.yaml that keeps what was replaced, a folder each time."""

_NEXT, _PENDING, _CHANGES = "next", "pending", "changes.json"


@dataclass(frozen=True, slots=True)
class Replaced:
    """What was changed: files by their path beneath the set-up's folder. ``backup`` names the folder in ``BACKUPS``
    that has all of the former ones."""

    backup: str
    written: tuple[str, ...]
    removed: tuple[str, ...]


def setup_files(config: Path, mappings: str, called: str = "") -> dict[str, Path]:
    """hub.yaml and every file beneath its mappings by their path in its folder, without hidden ones.

    ``called``: what hub.yaml is to be called. Raises ConfigurationError ``configuration.path`` for mappings that do not
    lie beneath the folder, and for a link.
    """
    folder = config.parent
    below = folder / mappings
    parts = Path(mappings).parts
    if not parts or ".." in parts or Path(mappings).is_absolute():
        raise _path_error(f"The mappings {mappings} do not lie in a folder beneath hub.yaml", config)
    found = {called or config.name: config}
    for path in sorted(below.rglob("*")):
        name = path.relative_to(folder)
        if path.is_symlink():
            raise _path_error("It is a link", path)
        if path.is_file() and not any(step.startswith(".") for step in name.parts):
            found[name.as_posix()] = path
    for each in (config, *(folder.joinpath(*parts[: number + 1]) for number in range(len(parts)))):
        if each.is_symlink():
            raise _path_error("It is a link", each)
    return found


def changes(old: Mapping[str, Path], new: Mapping[str, Path]) -> tuple[list[str], list[str]]:
    """The names of those to write and of those to remove, so that ``old`` becomes ``new``."""
    written = [name for name, path in new.items() if name not in old or old[name].read_bytes() != path.read_bytes()]
    return written, [name for name in old if name not in new]


def replace_setup(folder: Path, old: Mapping[str, Path], new: Mapping[str, Path], backup: str) -> Replaced:
    """Put the files ``new`` in place of ``old``, which are kept. Both are by their path beneath ``folder``.

    Raises ConfigurationError ``configuration.path`` where a name leads out of the folder through a link, and OSError
    before anything is changed where there is no room or no right to write.
    """
    _check_targets(folder, new)
    backups = folder / BACKUPS
    with _locked(folder, fcntl.LOCK_EX):
        _finish(folder)
        # Where mappings come to lie in a folder that was there already, its files are kept, too.
        old = {**old, **{name: folder / name for name in new if name not in old and (folder / name).exists()}}
        written, removed = changes(old, new)
        following = backups / _NEXT
        shutil.rmtree(following, ignore_errors=True)
        following.mkdir(parents=True)
        replaced = Replaced(_free(backups, backup), tuple(written), tuple(removed))
        for name, path in old.items():
            _copy(path, following / "old" / name)
        for name in written:
            _copy(new[name], following / "new" / name)
        said = {"backup": replaced.backup, "written": written, "removed": removed}
        (following / _CHANGES).write_text(json.dumps(said), encoding="utf-8")
        _sync(following / _CHANGES)
        for at, _, _ in os.walk(following, topdown=False):
            _sync(Path(at))
        os.rename(following, backups / _PENDING)
        _sync(backups)
        _finish(folder)
    return replaced


def backups_of(folder: Path) -> list[str]:
    """The names of what was kept, the newest first."""
    found = (folder / BACKUPS).glob("*")
    return sorted((each.name for each in found if each.is_dir() and each.name not in {_NEXT, _PENDING}), reverse=True)


def backup_files(folder: Path, backup: str) -> dict[str, Path]:
    """What was kept, by its path beneath the set-up's folder."""
    kept = folder / BACKUPS / backup
    return {path.relative_to(kept).as_posix(): path for path in sorted(kept.rglob("*")) if path.is_file()}


@contextmanager
def steady(folder: Path) -> Iterator[None]:
    """The files of the set-up in ``folder`` are not replaced within the block; a change that was cut short is finished
    first. Raises ConfigurationError ``configuration.unfinished`` where it cannot be."""
    while True:
        with _locked(folder, fcntl.LOCK_SH):
            if not (folder / BACKUPS / _PENDING).is_dir():
                yield
                return
        with _locked(folder, fcntl.LOCK_EX):
            try:
                _finish(folder)
            except OSError as error:
                raise ConfigurationError(
                    f"A change of the configuration was cut short and can't be finished ({type(error).__name__}).",
                    code="configuration.unfinished",
                    cure="Run any `hub` command as a user who may write these files: it finishes the change.",
                    place=str(folder / BACKUPS / _PENDING),
                ) from None


def _finish(folder: Path) -> None:
    """Carry out what was decided. Each step may be done twice: it may have been cut short anywhere."""
    backups = folder / BACKUPS
    pending = backups / _PENDING
    if not pending.is_dir():
        return
    decided = json.loads((pending / _CHANGES).read_bytes())
    for name in decided["written"]:
        _put(pending / "new" / name, folder / name)
    for name in decided["removed"]:
        (folder / name).unlink(missing_ok=True)
    _sync_all({(folder / name).parent for name in (*decided["written"], *decided["removed"])})
    if (pending / "old").is_dir():
        os.rename(pending / "old", backups / decided["backup"])
        _sync(backups)
    shutil.rmtree(backups / _NEXT, ignore_errors=True)
    os.rename(pending, backups / _NEXT)
    _sync(backups)
    shutil.rmtree(backups / _NEXT, ignore_errors=True)
    _drop_empty(folder, decided["removed"])


def _put(source: Path, target: Path) -> None:
    """Write beside and rename: a reader finds the old text or the new. Owner and rights stay those of the old file."""
    beside = target.with_name(f".{target.name}.next")
    _copy(source, beside)
    if target.exists():
        was = target.stat()
        os.chmod(beside, was.st_mode)
        with suppress(PermissionError):
            os.chown(beside, was.st_uid, was.st_gid)
    os.replace(beside, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copymode(source, target)
    _sync(target)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sync_all(folders: Iterable[Path]) -> None:
    for folder in sorted(folders):
        if folder.is_dir():
            _sync(folder)


def _drop_empty(folder: Path, removed: Iterable[str]) -> None:
    """Folders that hold nothing any more."""
    for name in removed:
        for above in list(Path(name).parents)[:-1]:
            with suppress(OSError):
                (folder / above).rmdir()


def _free(backups: Path, backup: str) -> str:
    names = (backup, *(f"{backup}-{number}" for number in range(2, 10_000)))
    return next(name for name in names if not (backups / name).exists())


def _check_targets(folder: Path, names: Iterable[str]) -> None:
    inside = folder.resolve()
    for name in names:
        if not (folder / name).parent.resolve().is_relative_to(inside):
            raise _path_error("A link leads out of the folder", folder / name)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """A kernel lock, which ends with its process. Without one where the folder or its file system has none to give."""
    try:
        held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(held, how)
        yield
    finally:
        os.close(held)


def _path_error(what: str, place: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{what}.",
        code="configuration.path",
        cure="Put the files themselves into the set-up's folder, with the mappings in a folder beneath it.",
        place=str(place),
    )
