"""Ships ``mappings/`` inside the wheel as ``hub/_mappings``.

Not in an editable install: there the checkout's own folder is read, and a copy would only go stale.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MappingsHook(BuildHookInterface[Any]):
    """Forced inclusion that leaves editable installs alone, which hatch's own setting cannot."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"]["mappings"] = "hub/_mappings"
