"""``hub config apply`` and ``hub config restore``: a draft put in place of the present configuration, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.config_diff import Found, compared, drafted_hub, show_found
from hub.cli.exits import Exit, NotThereError
from hub.cli.session import Result, Session, command, console
from hub.cli.setup_checks import check_setup
from hub.cli.tables import say
from hub.errors import ConfigurationError
from hub.mapping.faults import Faults

if TYPE_CHECKING:
    from rich.console import Console

    from hub.bootstrap import Hub
    from hub.mapping.config import Setup
    from hub.mapping.setup_files import Replaced

_SHOWN = 3
_AT_START = ("database", "web", "engine")

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and show, and change nothing.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "apply", "config-apply")(apply)
    command(app, "restore", "config-restore")(restore)


def apply(
    session: Session,
    draft: Annotated[Path, typer.Argument(exists=True, help="Another hub.yaml, or the folder that holds one.")],
    documents: Annotated[int, typer.Option(min=0, help="As of `hub config diff`.")] = 200,
    orders: Annotated[int, typer.Option(min=0, help="As of `hub config diff`.")] = 200,
    dry_run: DryRun = False,
    yes: Yes = False,
    allow_untested: Annotated[bool, typer.Option(help="Also with mappings that no sample proves.")] = False,
) -> Result:
    """Put a drafted configuration in place of the present one: all of its files or none.

    Refused with exit code 3 where it does not hold together, a sample of it fails, or a mapping of it has none. What
    was there is kept; `hub config restore` puts it back."""
    from hub.mapping.config import mappings_named
    from hub.mapping.setup_files import changes, replace_setup, setup_files

    session.require_config()
    present, config = _present(session), session.config_path
    drafted = drafted_hub(present, draft)
    _prove(drafted, allow_untested=allow_untested)
    old = setup_files(config, mappings_named(config))
    new = setup_files(drafted.setup.path, drafted.setup.config.mappings, config.name)
    written, removed = changes(old, new)
    found = compared(present, drafted, documents, orders, _SHOWN) if present is not None else None
    data = _data(drafted, written, removed, found, _restarts(present, drafted.setup))
    if not (written or removed):
        return Result(data, lambda console: say(console, "The draft is what is there already."))
    if dry_run:
        return Result(data, lambda console: _show_changes(console, data, found), Exit.DIFFERENCES)
    if not (yes or session.as_json):
        _show_changes(console(), data, found)
    if not yes and not session.confirmed("Put the draft in place of the present configuration?"):
        raise _not_confirmed("Nothing was applied.")
    for each in filter(None, (present, drafted)):
        _check_unchanged(each.setup)
    replaced = replace_setup(config.parent, old, new, _stamp(drafted))
    return Result({**data, "backup": replaced.backup}, lambda console: _show_done(session, console, replaced, data))


def restore(
    session: Session,
    backup: Annotated[str, typer.Argument(help="What `hub config apply` called it; without it, all are listed.")] = "",
    yes: Yes = False,
) -> Result:
    """Put a configuration back that `hub config apply` replaced. What is there now is kept in its turn.

    Works also where the present configuration is wrong, and checks nothing."""
    from hub.bootstrap import utc_now
    from hub.mapping.config import mappings_named
    from hub.mapping.setup_files import backup_files, backups_of, changes, replace_setup, setup_files, steady

    session.require_config()
    config = session.config_path
    with steady(config.parent):
        known = backups_of(config.parent)
    if not backup:
        return Result({"backups": known}, lambda console: say(console, "\n".join(known) or "Nothing was replaced yet."))
    if backup not in known:
        raise NotThereError(
            f"Nothing is kept as {backup}.", code="cli.unknown-backup", cure=f"Known: {', '.join(known) or 'none'}."
        )
    old, new = setup_files(config, mappings_named(config)), backup_files(config.parent, backup)
    written, removed = changes(old, new)
    if not yes and not session.confirmed(
        f"Files to write: {len(written)}, to remove: {len(removed)}. Put them in place?"
    ):
        raise _not_confirmed("Nothing was put back.")
    replaced = replace_setup(config.parent, old, new, f"{utc_now():%Y%m%dT%H%M%SZ}")
    data = {"restored": backup, "written": written, "removed": removed, "backup": replaced.backup, "needs_restart": []}
    return Result(data, lambda console: _show_done(session, console, replaced, data))


def _present(session: Session) -> Hub | None:
    """The configuration as it is; None where it does not hold together, as it is then not in effect anywhere."""
    try:
        return session.hub
    except ConfigurationError as error:
        session.note(f"The present configuration is wrong ({error.code}), so nothing is compared with it.")
        return None


def _prove(drafted: Hub, *, allow_untested: bool) -> None:
    """Raises ConfigurationError: the first fault with the others, else samples that fail, else mappings without one."""
    from hub.cli.mapping_samples import desks

    faults = Faults()
    check_setup(drafted, faults)
    faults.raise_all()
    failing: list[str] = []
    untested: list[str] = []
    for desk in desks(drafted):
        checked = [desk.check(each) for each in desk.samples]
        failing += (f"{each.partner} {each.sample.name} ({each.state})" for each in checked if not each.good)
        proved = {each.sample.stream for each in checked if each.state == "right"}
        untested += (f"{desk.partner.partner} {name}" for name in desk.partner.mappings if name not in proved)
    place = str(drafted.setup.path)
    if failing:
        cure = f"See what differs: `hub mapping check --config {place}`. Correct the mapping, or what is expected."
        raise ConfigurationError(f"Samples fail: {_some(failing)}.", code="mapping.samples", cure=cure, place=place)
    if untested and not allow_untested:
        cure = f"Put a sample into samples/MAPPING, then `hub mapping test SAMPLE --write --config {place}`; or give \
--allow-untested."
        raise ConfigurationError(
            f"No sample proves {_some(untested)}.", code="mapping.untested", cure=cure, place=place
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _restarts(present: Hub | None, drafted: Setup) -> list[str]:
    """What of the change a running hub takes only at its next start."""
    if present is None:
        return []
    old, new = present.setup.config, drafted.config
    return [key for key in _AT_START if getattr(old, key) != getattr(new, key)]


def _check_unchanged(setup: Setup) -> None:
    """Raises ConfigurationError where the files are not any more what was checked and shown."""
    if setup.version_now() != setup.version:
        raise ConfigurationError(
            "The files were changed while they were looked at. Nothing was applied.",
            code="configuration.changed-meanwhile",
            cure="Run the command again.",
            place=str(setup.path),
        )


def _stamp(hub: Hub) -> str:
    return f"{hub.clock():%Y%m%dT%H%M%SZ}"


def _not_confirmed(what: str) -> NotThereError:
    return NotThereError(what, code="cli.not-confirmed", cure="Say yes, or give --yes.")


def _data(
    drafted: Hub, written: list[str], removed: list[str], found: Found | None, restarts: list[str]
) -> dict[str, Any]:
    return {
        "draft": str(drafted.setup.path),
        "written": written,
        "removed": removed,
        "counts": dict(found.counts) if found is not None else {},
        "needs_restart": restarts,
        "backup": None,
    }


def _show_changes(console: Console, data: dict[str, Any], found: Found | None) -> None:
    if found is not None:
        show_found(console, found)
    for words, names in (("would be written", data["written"]), ("would be removed", data["removed"])):
        for name in names:
            say(console, f"{name} {words}")


def _show_done(session: Session, console: Console, replaced: Replaced, data: dict[str, Any]) -> None:
    for line in _done(session, replaced, data):
        say(console, line)


def _done(session: Session, replaced: Replaced, data: dict[str, Any]) -> Iterator[str]:
    from hub.cli.lock import daemon_runs

    yield f"Files written: {len(replaced.written)}, removed: {len(replaced.removed)}."
    yield f"Back to what was there: {session.next(f'hub config restore {replaced.backup}')}"
    if daemon_runs(session.config_path):
        yield "The running hub takes it now, and logs config_reloaded, or config_refused with the reason."
    if data["needs_restart"]:
        yield f"Restart it for {', '.join(data['needs_restart'])}."
