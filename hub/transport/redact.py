"""Keeping secrets and people out of logs: the last processor before any log line is written.

Redaction is the second fence; the first is that bodies and secrets are not logged at all.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from pydantic import BaseModel, SecretBytes, SecretStr

REDACTED = "[redacted]"
PERSONAL = "[personal]"

_SHORTEST_SECRET = 4
_DEEPEST = 8
_SECRET_KEY = re.compile(
    r"(^|_)(password|passphrase|passwd|pwd|secrets?|tokens?|authori[sz]ation|api_?key|private_key|access_key"
    r"|client_secret|credentials?|cookies?|set_cookie|signature)($|_)"
)
_PERSONAL_KEY = re.compile(
    r"(^|_)(e_?mail|phone|mobile|fax|first_name|last_name|full_name|given_name|family_name|company_name"
    r"|recipient|ship_to|bill_to|customer_name|contact|street|address[123]?|address_lines?|postal_code|postcode"
    r"|zip|zip_code|city|birthday)($|_)"
)
_BODY_KEY = re.compile(r"(^|_)(body|payload|envelope|content|document_bytes)$")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_HEADER = re.compile(r"\b(bearer|basic|digest)\s+[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE)
_URL_LOGIN = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_URL_SECRET = re.compile(
    r"([?&](?:[a-z_-]*(?:token|key|secret|password|signature|sig|code))=)[^&\s'\"]+", re.IGNORECASE
)


class Redactor:
    """A structlog processor that knows this installation's secrets.

    Put it last before the renderer and after the exception formatter, so that tracebacks pass it too.
    Redacts registered values in every spelling we send (plain, URL, XML, JSON, base64), values under keys
    that name secrets, people or bodies, SecretStr values, logins and tokens in addresses, and e-mails.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spellings: frozenset[str] = frozenset()
        self._known: re.Pattern[str] | None = None

    def register(self, secret: SecretStr | SecretBytes | str) -> None:
        """Makes ``secret`` unprintable; shorter than four characters it is left, as it would blank all logs."""
        plain = secret if isinstance(secret, str) else secret.get_secret_value()
        text = plain.decode("utf-8", "replace") if isinstance(plain, bytes) else plain
        if len(text) < _SHORTEST_SECRET:
            return
        with self._lock:
            self._spellings |= _spellings(text)
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, longest_first)))

    def register_all(self, settings: object) -> None:
        """Registers every SecretStr and SecretBytes inside a pydantic model, mapping or sequence."""
        if isinstance(settings, (SecretStr, SecretBytes)):
            self.register(settings)
        elif isinstance(settings, Mapping):
            for value in settings.values():
                self.register_all(value)
        elif isinstance(settings, (list, tuple, set, frozenset)):
            for value in settings:
                self.register_all(value)
        elif isinstance(settings, BaseModel):
            for name in type(settings).model_fields:
                self.register_all(getattr(settings, name))

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {self.text(str(key)): self._under(str(key), value, 0) for key, value in event.items()}

    def text(self, text: str) -> str:
        """``text`` with everything secret or personal that can be recognised in it replaced."""
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        text = _URL_LOGIN.sub(REDACTED, text)
        text = _URL_SECRET.sub(rf"\1{REDACTED}", text)
        text = _HEADER.sub(rf"\1 {REDACTED}", text)
        return _EMAIL.sub(PERSONAL, text)

    def _under(self, key: str, value: Any, depth: int) -> Any:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", key).lower()
        if _SECRET_KEY.search(name) or _BODY_KEY.search(name):
            return REDACTED
        if _PERSONAL_KEY.search(name):
            return PERSONAL
        return self._value(value, depth)

    def _value(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (SecretStr, SecretBytes)) or depth >= _DEEPEST:
            return REDACTED
        if isinstance(value, (bytes, bytearray, memoryview)):
            return f"[{len(value)} bytes]"
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._under(str(key), item, depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._value(item, depth + 1) for item in value]
        # Models, exceptions and the rest: their repr, redacted, instead of whatever the renderer would print.
        return self.text(str(value) if isinstance(value, BaseException) else repr(value))


class RedactingFilter(logging.Filter):
    """The same for libraries that log by the standard library; put it on every handler."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._redactor.text(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._redactor.text(record.exc_text)
        return True


def quiet_libraries() -> None:
    """Keeps the transport libraries' own logs out; every client calls it, so that no caller can forget.

    httpx logs whole addresses with their query, and zeep logs the values of an answer it cannot read, as
    errors, so it is silenced altogether: what it finds leaves as our exceptions.
    """
    for name in ("httpx", "httpcore", "asyncssh"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("zeep").setLevel(logging.CRITICAL + 1)


def _spellings(text: str) -> frozenset[str]:
    raw = text.encode()
    encoded = base64.b64encode(raw).decode()
    spellings = {
        text,
        quote(text, safe=""),
        quote_plus(text),
        escape(text),
        escape(text, {'"': "&quot;", "'": "&apos;"}),
        json.dumps(text)[1:-1],
        repr(text)[1:-1],
        encoded,
        encoded.rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }
    return frozenset(spelling for spelling in spellings if len(spelling) >= _SHORTEST_SECRET)
