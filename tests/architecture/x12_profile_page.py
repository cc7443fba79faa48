"""docs/reference/x12-profile.md, from profile and templates: `python -m tests.architecture.x12_profile_page`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from hub.edi.strictness import STRICTNESS
from hub.mapping.records.format import Limits, Locale
from hub.mapping.shipped import shipped_mappings
from hub.mapping.x12_codes import COMMON_HEADER_CODES, COMMON_LINE_CODES, COMMON_QUANTITIES
from hub.mapping.x12_profile import X12Delimiters, X12Party, X12Profile, X12TestParties
from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "x12-profile.md"
TEMPLATES = shipped_mappings() / "templates" / "x12"
_INTRODUCTION = """# X12 profile

How one partner speaks X12: `mappings/partners/PARTNER/x12.yaml`. [Connect an EDI
supplier](../how-to/connect-an-edi-supplier.md) goes through it step by step. Mailbox, polling and what becomes of a
file that was read are the connection's [settings](../../connectors/x12_supplier/README.md); how the partner counts
is [counting.yaml](configuration.md#countingyaml).

`hub config schema x12` prints the JSON Schema; an editor uses it where the file starts with

```yaml
# yaml-language-server: $schema=../../schemas/x12.schema.json
```

This page is made from the profile and the templates by `python -m tests.architecture.x12_profile_page`; do not edit
it.

## Settings

Identifiers are text: quote those that look like numbers (`"846"`).
"""
_TEMPLATES = """## Templates

`template: NAME` starts from one of these. What your file says lies over it: mappings key by key, lists as a whole.
Your own templates stand in `mappings/templates/x12/NAME.yaml` of your folder and hide shipped ones of the same name.
"""
_CODES = """## What codes mean where nothing else is said

The outcomes are `accepted`, `backordered`, `rejected`, `held` and `substituted`.
"""
_STRICTNESS = """## Strictness

`standard` weighs findings as [x12](errors/x12.md) lists them. The others differ from it in these; `severities` goes
over both. `off` lets nothing be told of a deviation.
"""


def page() -> str:
    """The whole page."""
    parts = [
        _INTRODUCTION,
        model_table(X12Profile),
        _party("us, partner, test.us, test.partner", X12Party),
        _party("test", X12TestParties),
        _party("delimiters", X12Delimiters),
        _STRICTNESS,
        "".join(_presets()),
        _CODES,
        "".join(_codes()),
        _TEMPLATES,
        _templates(),
        "".join(map(_template, template_paths())),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def template_paths() -> list[Path]:
    """Every shipped template."""
    return sorted(TEMPLATES.glob("*.yaml"))


def _party(name: str, model: type[BaseModel]) -> str:
    return f"### {name}\n\n{model_table(model)}"


def model_table(model: type[BaseModel]) -> str:
    """Every key of a model with its default, its meaning and examples."""
    rows = [f"| `{name}` | {_default(field)} | {_words(field)} |" for name, field in model.model_fields.items()]
    return "\n".join(["| key | default | meaning, and an example |", "|---|---|---|", *rows]) + "\n"


def _words(field: FieldInfo) -> str:
    examples = ", ".join(f"`{_cell(str(each))}`" for each in field.examples or ())
    return f"{_cell(field.description or '')}. Example: {examples}" if examples else _cell(field.description or "")


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, BaseModel) or (not value and isinstance(value, dict | tuple)):
        return "as below" if isinstance(value, X12Delimiters | Limits | Locale) else "none"
    if value == dict(COMMON_QUANTITIES):
        return "as below"
    return f"`{_cell(_shown(value))}`" if value != "" else "empty"


def _shown(value: Any) -> str:
    match value:
        case None | bool():
            return json.dumps(value)
        case Enum():
            return str(value.value)
        case tuple():
            return f"[{', '.join(value)}]"
        case " ":
            return '" "'
    return str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _presets() -> Iterator[str]:
    for name, severities in STRICTNESS.items():
        if severities:
            codes = ", ".join(f"`{code}`" for code in severities)
            level = next(iter(severities.values()))
            yield f"- `{name}`, `{level}` each: {codes}\n"


def _codes() -> Iterator[str]:
    yield f"- QTY01 (`quantities`): {_pairs(COMMON_QUANTITIES)}\n"
    yield f"- ACK01 (`line_codes`): {_pairs(COMMON_LINE_CODES)}\n"
    yield f"- BAK02 (`header_codes`): {_pairs(COMMON_HEADER_CODES)}\n"


def _pairs(codes: Any) -> str:
    return ", ".join(
        f"{code} {meaning.value if meaning is not None else 'unanswered'}" for code, meaning in codes.items()
    )


def _templates() -> str:
    rows = [f"| [`{path.stem}`](#{path.stem}) | {_about(path)} |" for path in template_paths()]
    return "\n".join(["| template | for |", "|---|---|", *rows]) + "\n"


def _about(path: Path) -> str:
    """The first sentence of the comment it starts with."""
    lines = [line.removeprefix("# ") for line in _text(path).splitlines() if line.startswith("# ")]
    return re.split(r"(?<=\.) ", " ".join(lines))[0]


def _template(path: Path) -> str:
    return f"### {path.stem}\n\n```yaml\n{_text(path).rstrip()}\n```\n\n"


def _text(path: Path) -> str:
    """Without the first line, which leads editors to the schema."""
    return path.read_text().partition("\n")[2]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
