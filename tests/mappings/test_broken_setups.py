"""What is wrong with a set-up is told with its exact place and cure, and a running hub goes on with the last one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hub.bootstrap import open_hub
from hub.cli.reloading import Reloader
from tests.fakes.installation import CANARY, Installation, installation, logs_as_they_were
from tests.mappings.broken_setups import cases, write

__all__ = ["installation", "logs_as_they_were"]

CASES = list(cases())
# Worked examples are a matter of `hub config validate`: whoever corrects a rule must not wait for its examples.
REFUSED_BY_A_RUNNING_HUB = [one for one in CASES if "worked example" not in str(one.id)][::4]


def test_there_are_sixty_and_more() -> None:
    assert len({str(one.id) for one in CASES}) >= 60


@pytest.mark.parametrize("case", CASES)
def test_every_fault_is_told_with_place_and_cure(installation: Installation, case: Any) -> None:
    write(installation.folder, case)
    done = installation.run("config", "validate", "--json")
    problems = json.loads(done.stdout)["problems"]
    base = f"{installation.folder}/"
    assert case["faults"] == [
        [each["code"], each["place"].removeprefix(base), each["cure"].replace(base, "")] for each in problems
    ]
    assert 3 == done.exit_code
    assert CANARY not in done.output
    assert all(each["message"] and "Traceback" not in each["message"] for each in problems)


def test_the_set_up_that_the_cases_break_is_valid(installation: Installation) -> None:
    write(installation.folder, {})
    assert {"valid": True, "problems": []}.items() <= installation.json("config", "validate").items()


def test_rows_of_tables_are_counted(installation: Installation) -> None:
    files = {
        "mappings/catalogue.csv": "sku\nKITE\nROBOT\n",
        "mappings/kits.csv": "kit,component,units\nSET,KITE,2\n",
        "mappings/rates/parcelpost.csv": "carrier,service,zone,up_to,unit,price\nparcelpost,ground,2,1,lb,8\n",
        "mappings/zones/parcelpost.csv": "from,to,zone\nbooth,US 100-102,2\nbooth,US,8\n",
    }
    write(installation.folder, {"files": files})
    counted = {"kits": 1, "items": 2, "rate_tables": 1, "zone_rows": 4}
    assert counted.items() <= installation.json("config", "validate").items()
    said = installation.run("config", "validate").stdout
    assert "1 connections, 1 locations, 1 channels, 1 kits, 2 items, 1 rate tables, 4 zone rows." in " ".join(
        said.split()
    )


@pytest.fixture
def reloader(installation: Installation) -> Iterator[Reloader]:
    write(installation.folder, {})
    hub = open_hub(installation.config, environment={"BOOTH_TOKEN": CANARY})
    made = Reloader(hub, hub.engine())
    yield made
    hub.storage.close()


@pytest.mark.parametrize("case", REFUSED_BY_A_RUNNING_HUB)
def test_a_running_hub_keeps_the_last_good_set_up_and_says_so(
    installation: Installation, reloader: Reloader, case: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before, setup = reloader._engine.configuration, reloader.hub.setup
    write(installation.folder, case)
    assert not reloader.reload_if_changed()
    assert reloader._engine.configuration is before
    assert reloader.hub.setup is setup
    told = capsys.readouterr().out
    code, place, _ = case["faults"][0]
    assert all(words in told for words in ("config_refused", code, place))
    assert CANARY not in told
    write(installation.folder, {"append": {"hub.yaml": "currency: EUR\n"}, "files": _mended(case)})
    assert reloader.reload_if_changed()
    assert "EUR" == reloader.hub.setup.config.currency


def _mended(case: Any) -> dict[str, str]:
    """Harmless content for each file that only the case has."""
    harmless = {"items.csv": "sku,VN\nKITE,B-1\n", "partner.yaml": "name: Mended\n"}
    harmless |= {"x12.yaml": "us: {id: HUB}\npartner: {id: BOOTH}\n", "catalogue.csv": "sku\n"}
    harmless |= {"rates/t.csv": "carrier,service,zone,up_to,unit,price\n", "zones/z.csv": "to,zone\n"}
    harmless |= {"places.csv": "area,latitude,longitude\n", "reserve-prices.csv": "location,sku,price\n"}
    return {
        name: next((text for ending, text in harmless.items() if name.endswith(ending)), "")
        for name in case.get("files", {})
        if name != "hub.yaml"
    }
