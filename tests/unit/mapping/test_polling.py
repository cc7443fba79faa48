"""What hub.yaml says of polling, and where it is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.errors import ConfigurationError
from hub.mapping.hub_file import HubConfig
from hub.mapping.polling import PollWindow
from hub.mapping.yaml_file import read_yaml, validate
from hub.model.calendar import read_days
from hub.model.identity import ConnectionId


def poll_of(folder: Path, written: str) -> Any:
    path = folder / "hub.yaml"
    acme = f"connector: x\n    partner: acme\n    poll:\n      mailbox: {written}"
    path.write_text(f"connections:\n  acme:\n    {acme}\n")
    return validate(HubConfig, read_yaml(path), path).connections[ConnectionId("acme")].poll["mailbox"]


def test_poll_is_seconds_a_cron_expression_or_a_window(tmp_path: Path) -> None:
    assert [300, 0, ""] == [poll_of(tmp_path, written) for written in ("300", "0", '""')]
    assert "*/5 * * * *" == poll_of(tmp_path, '"*/5 * * * *"')
    window = PollWindow(every=300, between="06:00-22:00", days="mon-sat", timezone="America/New_York")
    written = "{every: 300, between: 06:00-22:00, days: mon-sat, timezone: America/New_York}"
    assert window == poll_of(tmp_path, written)
    assert "mon,wed" == poll_of(tmp_path, "{every: 300, days: [mon, wed]}").days


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{between: 06:00-22:00}", "either every (seconds) or cron"),
        ('{every: 5, cron: "0 6 * * *"}', "either every (seconds) or cron"),
        ('{cron: "0 6 * * *", days: mon}', "names its own hours and days"),
        ("{every: 0}", "greater than 0"),
        ("-5", "greater than or equal to 0"),
        ("at noon", "five fields"),
        ("{cron: at noon}", "five fields"),
        ("{every: 300, between: 6-22}", "such as 06:00-22:00"),
        ("{every: 300, between: 06:00-06:00}", "such as 06:00-22:00"),
        ("{every: 300, between: 06:00-25:00}", "such as 06:00-22:00"),
        ("{every: 300, days: monday}", "such as mon-sat"),
        ("{every: 300, days: 'mon,'}", "such as mon-sat"),
        ("{every: 300, timezone: New York}", "such as America/New_York"),
        ("{every: 300, timezone: ../UTC}", "such as America/New_York"),
        ("{every: 300, until: 22:00}", "Extra inputs are not permitted"),
    ],
)
def test_window_that_cannot_be_meant_is_refused_with_its_place(tmp_path: Path, written: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        poll_of(tmp_path, written)
    assert says in caught.value.message
    assert f"{tmp_path / 'hub.yaml'}:6:" in caught.value.place
    assert "connections.acme.poll.mailbox" in caught.value.message


def test_place_is_the_line_of_the_wrong_word(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        poll_of(tmp_path, "\n        every: 300\n        between: early")
    assert f"{tmp_path / 'hub.yaml'}:8:9" == caught.value.place


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("", set(range(7))),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("fri-mon", {4, 5, 6, 0}),
        ("Sun, wed", {6, 2}),
        ("mon-wed,fri", {0, 1, 2, 4}),
    ],
)
def test_days_are_ranges_and_lists(days: str, found: set[int]) -> None:
    assert found == read_days(days)
