"""A draft and its answers as the files of a partner's folder."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hub.errors import ConfigurationError
from hub.mapping.records.layout import Locale
from hub.sdk.mapped.drafting import Draft, Question, ambiguous

_MODELINE = "# yaml-language-server: $schema={up}schemas/{name}.schema.json\n"
_CARRIER, _MOST_WORDS = "carrier", 40
_ALONE = frozenset("-?:,[]{}#&*!|>'\"%@`")


def checked_answer(question: Question, answer: str) -> str:
    """The answer itself. Raises ConfigurationError ``mapping.answer`` for one that is none of its choices."""
    if (question.choices and answer not in question.choices) or not answer:
        known = ", ".join(question.choices[:40]) or "any text"
        raise ConfigurationError(
            f"{answer or 'Nothing'} is no answer to: {question.words}",
            code="mapping.answer",
            cure=f"Choose one of {known}; without a terminal give --answer {question.key}=...",
        )
    return answer


def drafted_files(made: Draft, answers: Mapping[str, str], partner: str, name: str, file: str) -> dict[str, str]:
    """Text of each file by its path in the partner's folder. ``file``: that of which it was drafted."""
    found = {f"documents/{name}.yaml": _mapping(made, answers, file), "partner.yaml": _partner(made, partner, answers)}
    if made.shape.name == "stock":
        found["counting.yaml"] = _counting(answers)
    return found


def _mapping(made: Draft, answers: Mapping[str, str], file: str) -> str:
    fields, lines, shape = dict(made.fields), dict(made.lines), made.shape
    own = lines if shape.lines else fields
    for key, column in answers.items():
        part, _, field = key.partition(".")
        if part in {"fields", "lines"} and field:
            _take(fields if part == "fields" else lines, field, column)
    if "item" in answers:
        _take(own, "item.VN", answers["item"])
    if shape.name == "stock":
        figure = answers.get("figure") or fields.get("available") or fields.get("on_hand", "")
        other = "on_hand" if answers["basis"] == "available" else "available"
        if fields.get(other) == figure:
            del fields[other]
        _take(fields, answers["basis"], figure)
    about = {"mode": {"value": answers["mode"]}} if "mode" in answers else {}
    if shape.name == "prices":
        about["catalogue"] = {"value": "list"}
    written = [
        _MODELINE.format(up="../../../", name="document"),
        f"# Drafted from {file}. Check every line; `hub mapping check` reads the sample by it.\n",
        f"document: {shape.name}\n",
        "format:\n",
        *_format(made, answers),
        *(["about:\n", *_entries(about, 2)] if about else []),
        "fields:\n",
        *_entries(fields | _coded(made, fields), 2),
    ]
    if shape.lines:
        key = "each" if made.sniffed.lines else "by"
        where = made.sniffed.lines or [fields.get(_key_of(made), "")]
        written += ["lines:\n", *_entries({key: where}, 2), "  fields:\n", *_entries(lines, 4)]
    unused = [each for each in made.unused if each not in {*fields.values(), *lines.values()}]
    if _coded(made, fields):
        words = {word: word for word in _words(made, fields[_CARRIER])}
        written += ["# Its word for each carrier, and yours.\n", "tables:\n", "  carriers:\n", *_entries(words, 4)]
    if unused:
        written.append(f"# Nothing is taken from: {', '.join(unused)}\n")
    return "".join(written)


def _take(fields: dict[str, str], name: str, column: str) -> None:
    """Take a field from a column. What was guessed to be there is not, then."""
    for other in [each for each, where in fields.items() if where == column and each != name]:
        del fields[other]
    fields[name] = column


def _coded(made: Draft, fields: Mapping[str, str]) -> dict[str, Any]:
    """The carrier by its value table, which a partner's words need nearly always; one that is new is kept."""
    if made.shape.name != "shipments" or not any(_words(made, fields.get(_CARRIER, ""))):
        return {}
    return {_CARRIER: {"from": fields[_CARRIER], "table": "carriers", "unknown": "keep"}}


def _words(made: Draft, column: str) -> list[str]:
    texts = made.sniffed.columns.get(column, ())
    return sorted({text.strip() for text in texts if text.strip()})[:_MOST_WORDS]


def _key_of(made: Draft) -> str:
    """The field that tells records apart."""
    needed = [each.name for each in made.shape.fields.values() if each.needed]
    return needed[0] if needed else ""


def _format(made: Draft, answers: Mapping[str, str]) -> list[str]:
    form = made.sniffed.form.model_dump(mode="json", exclude_defaults=True, exclude={"columns", "locale"})
    columns: dict[str, Any] = {name: {} for name in made.sniffed.form.columns}
    locale: dict[str, Any] = made.locale.model_dump(mode="json", exclude_defaults=True)
    if "thousands" in answers and ambiguous(made):
        locale |= _marks("," in ambiguous(made), answers["thousands"] == "thousand")
    if answers.get("timezone", "UTC") != "UTC":
        locale["timezone"] = answers["timezone"]
    Locale.model_validate_json(json.dumps(locale))
    return [
        *_entries({"kind": made.sniffed.form.kind, **{key: value for key, value in form.items() if key != "kind"}}, 2),
        *(["  columns:\n", *_entries(columns, 4)] if columns else []),
        *(["  locale:\n", *_entries(locale, 4)] if locale else []),
    ]


def _marks(comma: bool, of_thousands: bool) -> dict[str, str]:
    """The marks of numbers, as far as they are not the usual ones."""
    if of_thousands:
        return {"thousands": ","} if comma else {"decimal": ",", "thousands": "."}
    return {"decimal": ","} if comma else {}


def _partner(made: Draft, partner: str, answers: Mapping[str, str]) -> str:
    title, location = answers.get("name") or partner, answers.get("location") or partner
    written = _MODELINE.format(up="../../", name="partner") + "".join(_entries({"name": title}, 0))
    codes = dict.fromkeys(made.sniffed.columns.get(made.fields.get("site", ""), ()))
    if not any(codes):
        return written + "".join(_entries({"location": location}, 0))
    sites = {code: f"{location}-{re.sub('[^a-z0-9]+', '-', code.lower()).strip('-')}" for code in codes if code}
    return f"{written}# Its sites, and our locations: put these into hub.yaml.\nsites:\n{''.join(_entries(sites, 2))}"


def _counting(answers: Mapping[str, str]) -> str:
    rule: dict[str, Any] = {"basis": answers["basis"]}
    if answers["basis"] == "available":
        rule["net_of"] = answers["net_of"]
    rule |= {"missing": answers["missing"], "stale_after_hours": answers["stale_after_hours"]}
    return _MODELINE.format(up="../../", name="counting") + "rule:\n" + "".join(_entries(rule, 2))


def _entries(entries: Mapping[str, Any], indent: int) -> list[str]:
    return [f"{' ' * indent}{_scalar(key)}: {_scalar(value)}\n" for key, value in entries.items()]


def _scalar(value: Any) -> str:
    """As YAML writes it on one line: what could be read as something else than text is quoted."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_scalar(key)}: {_scalar(each)}' for key, each in value.items())}}}"
    if isinstance(value, bool | int):
        return json.dumps(value)
    text = str(value)
    plain = text.replace("_", "").replace(".", "").replace("-", "").replace(" ", "").replace("/", "")
    safe = (
        plain.isascii()
        and plain.isalnum()
        and not plain[0].isdigit()
        and text[0] not in _ALONE
        and text == text.strip()
    )
    words = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
    return text if safe and text.lower() not in words else json.dumps(text, ensure_ascii=False)
