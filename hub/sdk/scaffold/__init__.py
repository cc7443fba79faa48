"""What ``hub connector new NAME --kind rest|soap|x12|file`` writes: a whole connector that already passes its tests."""

from __future__ import annotations

from hub.sdk.scaffold.writing import KINDS, new_connector

__all__ = ["KINDS", "new_connector"]
