"""Files of a set-up put in place of others: all of them or none, wherever the process ends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hub.errors import ConfigurationError
from hub.mapping.config import load_setup
from hub.mapping.setup_files import backup_files, backups_of, changes, replace_setup, setup_files, steady

PARTNERS = "mappings/partners"
OLD = {
    "hub.yaml": "partners: [booth, stall]\n",
    f"{PARTNERS}/booth/partner.yaml": "name: Old booth\n",
    f"{PARTNERS}/stall/partner.yaml": "name: Old stall\n",
    f"{PARTNERS}/stall/samples/stock/one.csv": "a,b\n",
}
NEW = {
    "hub.yaml": "partners: [booth, kiosk]\n",
    f"{PARTNERS}/booth/partner.yaml": "name: New booth\n",
    f"{PARTNERS}/kiosk/partner.yaml": "name: New kiosk\n",
}


class Killed(BaseException):
    """The process ended here."""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "hub.yaml"


def texts(config: Path) -> dict[str, str]:
    return {name: path.read_text() for name, path in setup_files(config, "mappings").items()}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write(tmp_path / "live", OLD)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return write(tmp_path / "draft", NEW)


def replace(config: Path, draft: Path, backup: str = "first") -> None:
    replace_setup(config.parent, setup_files(config, "mappings"), setup_files(draft, "mappings"), backup)


def test_new_files_come_in_place_of_the_old_and_those_are_kept(config: Path, draft: Path) -> None:
    replace(config, draft)
    assert texts(config) == NEW
    assert ["first"] == backups_of(config.parent)
    assert OLD == {name: path.read_text() for name, path in backup_files(config.parent, "first").items()}
    assert not (config.parent / PARTNERS / "stall").exists()


def test_what_was_kept_can_be_put_back_and_that_too(config: Path, draft: Path) -> None:
    replace(config, draft)
    folder = config.parent
    replace_setup(folder, setup_files(config, "mappings"), backup_files(folder, "first"), "second")
    assert texts(config) == OLD
    replace_setup(folder, setup_files(config, "mappings"), backup_files(folder, "second"), "third")
    assert texts(config) == NEW


def test_two_changes_in_one_second_are_both_kept(config: Path, draft: Path) -> None:
    replace(config, draft)
    replace(config, draft)
    assert ["first-2", "first"] == backups_of(config.parent)


def test_file_that_stays_the_same_is_not_touched(config: Path, draft: Path) -> None:
    unchanged = f"{PARTNERS}/booth/partner.yaml"
    (draft.parent / unchanged).write_text(OLD[unchanged])
    before = (config.parent / unchanged).stat().st_ino
    replace(config, draft)
    assert before == (config.parent / unchanged).stat().st_ino


def test_rights_of_a_file_stay_those_of_the_old_one(config: Path, draft: Path) -> None:
    config.chmod(0o640)
    replace(config, draft)
    assert 0o640 == config.stat().st_mode & 0o777


def test_hidden_files_are_no_part_of_a_set_up(config: Path, draft: Path) -> None:
    hidden = config.parent / "mappings" / ".git" / "HEAD"
    hidden.parent.mkdir()
    hidden.write_text("ref")
    replace(config, draft)
    assert "ref" == hidden.read_text()


def test_mappings_that_come_to_lie_in_a_folder_that_was_there_keep_its_files(config: Path, draft: Path) -> None:
    write(config.parent, {"maps/partners/booth/partner.yaml": "name: Mine\n"})
    write(draft.parent, {"maps/partners/booth/partner.yaml": "name: New booth\n"})
    old, new = setup_files(config, "mappings"), setup_files(draft, "maps")
    replace_setup(config.parent, old, new, "first")
    kept = backup_files(config.parent, "first")
    assert "name: Mine\n" == kept["maps/partners/booth/partner.yaml"].read_text()


class Kill:
    """Ends the process at its ``turn``-th step that changes a file system."""

    steps = ("rename", "replace", "fsync", "unlink", "rmdir", "mkdir", "chmod")

    def __init__(self, monkeypatch: pytest.MonkeyPatch, turn: int, *, after: bool) -> None:
        self.left, self.after = turn, after
        for name in self.steps:
            monkeypatch.setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            self.left -= 1
            mine = self.left == 0
            if mine and not self.after:
                raise Killed
            try:
                return real(*given, **named)
            finally:
                if mine:
                    raise Killed

        return step


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_between_any_two_steps_the_set_up_is_the_old_or_the_new_one(tmp_path: Path, *, after: bool) -> None:
    seen: list[dict[str, str]] = []
    turn = 0
    while True:
        turn += 1
        folder = tmp_path / str(turn)
        config, draft = write(folder / "live", OLD), write(folder / "draft", NEW)
        with pytest.MonkeyPatch.context() as patch:
            kill = Kill(patch, turn, after=after)
            with suppress(Killed):
                replace(config, draft)
        partners = load_setup(config).partners
        found = texts(config)
        assert found in (OLD, NEW)
        names = {str(name): each.about.name for name, each in partners.items()}
        assert set(names.values()) in ({"Old booth", "Old stall"}, {"New booth", "New kiosk"})
        seen.append(found)
        if kill.left > 0:
            break
        replace(config, draft, "again")
        assert texts(config) == NEW
        shutil.rmtree(folder)
    assert seen[0] == OLD
    assert seen[-1] == NEW
    # It is decided once: what came before is the old set-up, what came after the new one.
    assert sorted(seen, key=lambda each: each == NEW) == seen
    assert turn > 30


def test_change_cut_short_that_may_not_be_finished_is_told(
    config: Path, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            replace(config, draft)

    def refuse(*_given: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ConfigurationError) as raised, steady(config.parent):
        pass
    assert "configuration.unfinished" == raised.value.code


@pytest.mark.parametrize("mappings", ["../maps", "/srv/maps", ".", "maps/../.."])
def test_mappings_outside_of_the_folder_are_refused(draft: Path, mappings: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        setup_files(draft, mappings)
    assert "configuration.path" == raised.value.code


@pytest.mark.parametrize("where", ["hub.yaml", "mappings", PARTNERS, f"{PARTNERS}/kiosk", f"{PARTNERS}/kiosk/more.csv"])
def test_links_are_refused(draft: Path, tmp_path: Path, where: str) -> None:
    real = draft.parent / where
    aside = tmp_path / "aside"
    if real.exists():
        real.rename(aside)
    else:
        aside.write_text("secret")
    real.symlink_to(aside)
    with pytest.raises(ConfigurationError) as raised:
        setup_files(draft, "mappings")
    assert "configuration.path" == raised.value.code


def test_nothing_is_written_through_a_link_that_leads_out(config: Path, draft: Path, tmp_path: Path) -> None:
    old = setup_files(config, "mappings")
    outside = tmp_path / "outside"
    outside.mkdir()
    (config.parent / PARTNERS / "kiosk").symlink_to(outside)
    with pytest.raises(ConfigurationError) as raised:
        replace_setup(config.parent, old, setup_files(draft, "mappings"), "first")
    assert "configuration.path" == raised.value.code
    assert [] == list(outside.iterdir())


def test_changes_name_what_to_write_and_what_to_remove(config: Path, draft: Path) -> None:
    written, removed = changes(setup_files(config, "mappings"), setup_files(draft, "mappings"))
    assert ["hub.yaml", f"{PARTNERS}/booth/partner.yaml", f"{PARTNERS}/kiosk/partner.yaml"] == written
    assert [f"{PARTNERS}/stall/partner.yaml", f"{PARTNERS}/stall/samples/stock/one.csv"] == removed
