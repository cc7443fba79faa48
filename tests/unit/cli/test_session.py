"""Every command ends the same way: one exit code per kind of failure, one JSON object, no traceback."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from hub.cli.exits import Exit, NotThereError, exit_of
from hub.cli.session import Result, Session, command
from hub.errors import (
    ConfigurationError,
    DataError,
    HubError,
    InvariantError,
    RefusedError,
    TransientError,
    UncertainOutcomeError,
)


def run(error: Exception | None, *words: str) -> tuple[int, str, str]:
    app = typer.Typer(pretty_exceptions_enable=False)

    @command(app, "do", "do")
    def do(_session: Session) -> Result:
        if error is not None:
            raise error
        return Result({"answer": 42}, lambda console: console.print("forty-two"))

    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotThereError("x", code="cli.unknown-order"), 2),
        (ConfigurationError("x"), 3),
        (RefusedError("x"), 4),
        (UncertainOutcomeError("x"), 4),
        (TransientError("x"), 75),
        (InvariantError("x"), 1),
        (DataError("x"), 1),
        (KeyError("x"), 1),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(error: Exception, code: int) -> None:
    assert code == run(error)[0]


def test_success_is_zero_and_shows_text() -> None:
    assert (0, "forty-two\n", "") == run(None)


def test_json_is_one_object_with_its_schema() -> None:
    code, stdout, stderr = run(None, "--json")
    assert (0, {"schema": "crossdock.do/1", "answer": 42}, "") == (code, json.loads(stdout), stderr)


def test_an_error_says_message_place_cure_and_code_on_stderr() -> None:
    error = ConfigurationError("It is wrong.", code="configuration.invalid", cure="Put it right.", place="hub.yaml:3:1")
    _, stdout, stderr = run(error)
    assert "" == stdout
    assert "error: It is wrong.\nwhere: hub.yaml:3:1\ncure:  Put it right.\ncode:  configuration.invalid\n" == stderr


def test_an_error_that_is_not_alone_says_where_all_are_listed() -> None:
    error = ConfigurationError("It is wrong.")
    error.further = (ConfigurationError("So is this."), ConfigurationError("And this."))
    assert run(error)[2].endswith("also:  2 further faults; `hub config validate` lists them\n")


def test_an_error_in_json_goes_to_stdout() -> None:
    _, stdout, stderr = run(RefusedError("No.", code="partner.refused", cure="Ask."), "--json")
    assert "" == stderr
    assert {
        "schema": "crossdock.error/1",
        "code": "partner.refused",
        "message": "No.",
        "cure": "Ask.",
        "place": "",
        "exit": 4,
    } == json.loads(stdout)


def test_our_own_fault_shows_neither_traceback_nor_text() -> None:
    _, stdout, stderr = run(KeyError("Canary Lane 12"))
    assert "hub.internal" in stderr
    assert "Canary" not in stdout + stderr
    assert "Traceback" not in stderr


def test_a_file_that_cannot_be_used_is_named() -> None:
    code, _, stderr = run(PermissionError(13, "Permission denied", "locked/hub.yaml"))
    assert 2 == code
    assert "locked/hub.yaml cannot be used (PermissionError)" in stderr


def test_debug_lets_the_error_through() -> None:
    app = typer.Typer(pretty_exceptions_enable=False)

    @command(app, "do", "do")
    def do(_session: Session) -> Result:
        raise InvariantError("x")

    assert isinstance(CliRunner().invoke(app, ["--debug"]).exception, InvariantError)


def test_an_unknown_option_is_a_usage_error() -> None:
    assert 2 == run(None, "--nonsense")[0]


def test_every_exit_code_is_one_of_the_documented() -> None:
    assert {0, 1, 2, 3, 4, 5, 6, 75} == {int(code) for code in Exit}
    assert Exit.INTERNAL is exit_of(HubError("x"))
