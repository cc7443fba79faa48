"""What every command shares: its three options, one way to print, one way to fail."""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer

from hub.cli.exits import Exit, NotThereError, exit_of
from hub.errors import ConfigurationError, HubError

if TYPE_CHECKING:
    from rich.console import Console

    from hub.bootstrap import Hub

CommandT = TypeVar("CommandT", bound=Callable[..., "Result"])

# A pipe has no width: a table folded to a guess would lose columns for whoever reads it.
_PIPED_WIDTH = 4096
_CONFIG = typer.Option("--config", "-c", envvar="CROSSDOCK_CONFIG", help="The configuration file [hub.yaml].")
_JSON = typer.Option("--json", help="One versioned JSON object on stdout instead of text.")
_DEBUG = typer.Option("--debug", help="Show tracebacks and debug logs.")


@dataclass(frozen=True)
class Result:
    """What a command found: ``data`` for ``--json``, ``show`` for people, and how the process ends.

    ``data`` is None where the command has already written everything (a server, the demo).
    """

    data: Mapping[str, Any] | None
    show: Callable[[Console], None] = lambda _: None
    exit: int = Exit.OK


@dataclass
class Session:
    """One run of one command."""

    config: Path | None = None
    as_json: bool = False
    debug: bool = False

    @cached_property
    def hub(self) -> Hub:
        """The set-up. Raises ConfigurationError."""
        from hub.bootstrap import open_hub
        from hub.cli.logs import configure_logs

        self.require_config()
        hub = open_hub(self.config)
        configure_logs(hub.redactor, level="debug" if self.debug else "warning", as_json=False)
        return hub

    @property
    def config_path(self) -> Path:
        """Where the configuration is, or is to be."""
        from hub.bootstrap import config_path

        return config_path(self.config)

    def require_config(self) -> None:
        """Raises ConfigurationError ``configuration.missing`` where there is no file at all."""
        if not self.config_path.exists():
            raise ConfigurationError(
                "There is no configuration.",
                code="configuration.missing",
                cure="Make one with `hub init`, or name yours with --config or CROSSDOCK_CONFIG.",
                place=str(self.config_path),
            )

    def next(self, command: str) -> str:
        """``command`` as it has to be typed next: with ``--config`` where this one needed it."""
        needed = self.config is not None and os.environ.get("CROSSDOCK_CONFIG") != str(self.config)
        return f"{command} --config {self.config}" if needed else command

    def note(self, text: str) -> None:
        """Progress and advice: on stderr, never with ``--json``."""
        if not self.as_json:
            typer.echo(text, err=True)

    def confirmed(self, question: str) -> bool:
        """Whether whoever sits at the terminal says yes; nobody does with ``--json``."""
        if self.as_json:
            return False
        try:
            return typer.confirm(question, err=True)
        except typer.Abort:
            return False

    def redacted(self, text: str) -> str:
        """``text`` without this set-up's secrets; plain where no set-up was opened."""
        hub = self.__dict__.get("hub")
        return str(hub.redactor.text(text)) if hub is not None else text

    def close(self) -> None:
        """Give the database back."""
        hub = self.__dict__.get("hub")
        if hub is not None and "storage" in hub.__dict__:
            hub.storage.close()


def command(app: typer.Typer, name: str, schema: str, **options: Any) -> Callable[[CommandT], CommandT]:
    """Register a function whose first parameter is the Session; the rest are its own arguments.

    ``schema`` names its JSON object: ``crossdock.<schema>/1``. The function may raise any HubError.
    """

    def register(function: CommandT) -> CommandT:
        @functools.wraps(function)
        def run(
            *, config: Path | None, as_json: bool, debug: bool, **arguments: Any
        ) -> None:  # typer gives every parameter by name
            session = Session(config, as_json, debug)
            raise typer.Exit(_run(session, function, schema, arguments))

        own = list(inspect.signature(function).parameters.values())[1:]
        hints = get_type_hints(function, include_extras=True)
        shared = {"config": (Annotated[Path | None, _CONFIG], None), "as_json": (Annotated[bool, _JSON], False)}
        shared["debug"] = (Annotated[bool, _DEBUG], False)
        keyword = inspect.Parameter.KEYWORD_ONLY
        parameters = [parameter.replace(annotation=hints[parameter.name], kind=keyword) for parameter in own]
        parameters += [inspect.Parameter(key, keyword, default=d, annotation=a) for key, (a, d) in shared.items()]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        app.command(name, **options)(run)
        return function

    return register


def _run(session: Session, function: Callable[..., Result], schema: str, arguments: Mapping[str, Any]) -> int:
    try:
        result = function(session, **arguments)
        if result.data is not None:
            _print(session, schema, result)
        return int(result.exit)
    except HubError as error:
        if session.debug:
            raise
        _print_error(session, error, exit_of(error))
        return int(exit_of(error))
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; what Python would flush at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.OK)
    except (typer.Exit, typer.Abort, KeyboardInterrupt):
        raise
    except Exception as error:
        if session.debug:
            raise
        found = _unforeseen(error)
        _print_error(session, found, exit_of(found))
        return int(exit_of(found))
    finally:
        session.close()


def _unforeseen(error: Exception) -> HubError:
    if isinstance(error, OSError) and error.filename:
        return NotThereError(
            f"{error.filename} cannot be used ({type(error).__name__}).",
            code="cli.file",
            cure="Check that it is there and that you may read and write it.",
        )
    return HubError(
        f"The hub failed by a fault of its own ({type(error).__name__}).",
        code="hub.internal",
        cure="Run the same command with --debug and report what it prints.",
    )


def _print(session: Session, schema: str, result: Result) -> None:
    if session.as_json:
        document = {"schema": f"crossdock.{schema}/1", **(result.data or {})}
        typer.echo(session.redacted(json.dumps(document, indent=2, default=plain, ensure_ascii=False)))
    else:
        result.show(console())


def _print_error(session: Session, error: HubError, code: Exit) -> None:
    message, cure = session.redacted(error.message), session.redacted(error.cure)
    further = len(getattr(error, "further", ()))
    place = str(getattr(error, "place", "") or getattr(error, "path", ""))
    if session.as_json:
        document = {
            "schema": "crossdock.error/1",
            "code": error.code,
            "message": message,
            "cure": cure,
            "place": place,
            "exit": int(code),
        }
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    from rich.text import Text

    stderr = console(stderr=True)
    stderr.print(Text.assemble(("error: ", "bold red"), message))
    more = f"{further} further faults; `{session.next('hub config validate')}` lists them" if further else ""
    for name, text in (("where", place), ("cure", cure), ("code", error.code), ("also", more)):
        if text:
            stderr.print(Text.assemble((f"{name + ':':<6} ", "bold"), text))


def console(*, stderr: bool = False) -> Console:
    """Rich's console: colour only on a terminal and without NO_COLOR; piped, lines are not folded."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, soft_wrap=True)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, soft_wrap=True, width=_PIPED_WIDTH)


def plain(value: Any) -> Any:
    """JSON's word for the hub's types: decimals as text without exponent, instants as ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
