"""SOAP by zeep over our own HTTP client: zeep builds and reads envelopes, and never touches the network.

Rendering, sending and reading are separate, so that the bytes are stored before they are sent.
Credentials are put in at sending only, so no stored document holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from lxml import etree
from lxml.etree import _Element as Element
from pydantic import BaseModel, SecretStr, ValidationError
from zeep import Client, Settings
from zeep.exceptions import Error as ZeepError
from zeep.helpers import serialize_object
from zeep.transports import Transport
from zeep.wsdl.bindings.soap import Soap12Binding
from zeep.wsse.username import UsernameToken

from hub.errors import (
    ConfigurationError,
    DataError,
    InvariantError,
    TransientError,
    UncertainOutcomeError,
)
from hub.transport.http import HttpClient
from hub.transport.redact import quiet_libraries
from hub.transport.soap_faults import SoapFaultReader, fault_error, read_fault
from hub.transport.statuses import classify_status

Answer = TypeVar("Answer", bound=BaseModel)

_FAULT_STATUSES = frozenset({400, 500})


@dataclass(frozen=True)
class SoapToken:
    """WS-Security UsernameToken, plain or digest; a digest has a fresh nonce at every sending."""

    username: str
    password: SecretStr
    digest: bool = False


class SoapClient:
    """One service of a WSDL that ships inside the connector.

    ``address`` is the path or address to post to, within ``http``'s allowed hosts. ``credentials`` fills
    elements at sending: paths by local names, from the operation's element (``Password``,
    ``Login/Password``) or from the envelope's header (``Header/Auth/Password``).

    Raises ConfigurationError ``transport.wsdl`` where the WSDL cannot be used or refers outside its folder.
    """

    def __init__(
        self,
        wsdl_path: Path,
        address: str,
        http: HttpClient,
        *,
        port_name: str | None = None,
        credentials: Mapping[str, SecretStr] | None = None,
        token: SoapToken | None = None,
        faults: SoapFaultReader | None = None,
    ) -> None:
        self._address = address
        self._http = http
        self._credentials = dict(credentials or {})
        self._token = token
        self._faults = faults
        self._zeep: Any = _load(wsdl_path)
        self._service = self._zeep.bind(port_name=port_name)
        if self._service is None:
            raise _unusable("The WSDL has no service.")

    def call(
        self,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        safe: bool,
        key: str | None = None,
        strict: bool = True,
        unavailable_is_safe: bool = False,
    ) -> Any:
        """Renders, posts and reads in one step; raises what these raise.

        An answer to a write that cannot be read is an UncertainOutcomeError.
        """
        answer = self.post(
            operation,
            self.render(operation, arguments),
            safe=safe,
            key=key,
            unavailable_is_safe=unavailable_is_safe,
        )
        unreadable: DataError
        try:
            return self.read(operation, answer, strict=strict)
        except DataError as error:
            if safe:
                raise
            unreadable = error
        raise UncertainOutcomeError(unreadable.message, code="transport.outcome-unknown")

    def render(self, operation: str, arguments: Mapping[str, Any]) -> bytes:
        """The envelope as bytes, the same for the same arguments; credentials are not in it.

        Raises DataError ``transport.soap-request`` where the arguments do not fit the WSDL.
        """
        self._operation(operation)
        try:
            envelope = self._zeep.create_message(self._service, operation, **arguments)
        except (ZeepError, TypeError, ValueError, AttributeError) as error:
            kind = type(error).__name__
        else:
            return _as_bytes(envelope)
        # zeep's message quotes values, which may be a person's.
        raise DataError(f"The arguments do not fit {operation} ({kind}).", code="transport.soap-request")

    def post(
        self,
        operation: str,
        body: bytes,
        *,
        safe: bool,
        key: str | None = None,
        unavailable_is_safe: bool = False,
    ) -> bytes:
        """Sends a rendered envelope and returns the answer's envelope as bytes, b"" for a one-way operation.

        Status, content type, size and document type are checked before any parsing. Raises what
        ``HttpClient.request`` raises, and the error of a fault, whether it came with status 200 or 500.
        """
        bound = self._operation(operation)
        response = self._http.request(
            "POST",
            self._address,
            safe=safe,
            key=key,
            content=self._with_credentials(body),
            headers=_headers(self._binding, bound.soapaction),
            expect="xml" if bound.output is not None else None,
            accept=_FAULT_STATUSES,
            unavailable_is_safe=unavailable_is_safe,
        )
        envelope = _parsed(response.body) if response.body else None
        if envelope is not None:
            fault = read_fault(envelope)
            if fault is not None:
                told = self._faults(fault, safe) if self._faults else None
                raise told or fault_error(fault, safe=safe)
        failure = classify_status(response.status, safe=safe, unavailable_is_safe=unavailable_is_safe)
        if failure is not None:
            raise failure
        if envelope is None and (response.body or bound.output is not None):
            _raise_unusable(safe)
        return response.body

    def read(self, operation: str, body: bytes, *, strict: bool = True) -> Any:
        """The parsed answer, as zeep's object.

        ``strict=False`` takes unknown elements of a newer server, per operation. zeep gives None for a
        required element that is missing, strict or not: prefer ``read_as``. Raises DataError
        ``transport.soap-answer``.
        """
        bound = self._operation(operation)
        if body and _parsed(body) is not None:
            try:
                with self._zeep.settings(strict=strict):
                    return self._binding.process_reply(self._zeep, bound, _Reply(body))
            except (ZeepError, etree.LxmlError, TypeError, ValueError, LookupError, AttributeError):
                # Raised below: zeep's exceptions quote the body.
                pass
        raise DataError(f"The answer to {operation} does not fit the WSDL.", code="transport.soap-answer")

    def read_as(self, operation: str, body: bytes, model: type[Answer], *, strict: bool = True) -> Answer:
        """The parsed answer as ``model``; an element that is missing where the model needs it is a DataError.

        ``path`` of the error is the first wrong field.
        """
        read = self.read(operation, body, strict=strict)
        answer = serialize_object(read, dict)  # type: ignore[no-untyped-call]
        try:
            return model.model_validate(answer)
        except ValidationError as error:
            path = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise DataError(
            f"The answer to {operation} lacks what we need at {path or 'its root'}.",
            code="transport.soap-answer",
            path=path,
        )

    @property
    def _binding(self) -> Any:
        return self._service._binding  # noqa: SLF001 - zeep has no public way from a service to its binding

    def _operation(self, name: str) -> Any:
        try:
            return self._binding.get(name)
        except ValueError:
            pass
        raise InvariantError(f"The WSDL has no operation {name}.", code="transport.soap-operation")

    def _with_credentials(self, body: bytes) -> bytes:
        if not self._credentials and self._token is None:
            return body
        envelope = etree.fromstring(body, _parser())
        for path, secret in self._credentials.items():
            _element(envelope, path).text = secret.get_secret_value()
        if self._token is not None:
            password = self._token.password.get_secret_value()
            token: Any = UsernameToken(  # type: ignore[no-untyped-call]
                self._token.username, password, use_digest=self._token.digest
            )
            token.apply(envelope, {})
        return _as_bytes(envelope)


@dataclass(frozen=True)
class _Reply:
    """What zeep's binding reads of a ``requests`` response."""

    content: bytes
    status_code: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})
    encoding: str = "utf-8"


class _PackagedFiles(Transport):
    """zeep's transport, able to do one thing: load files beside the WSDL."""

    def __init__(self, folder: Path) -> None:
        # Not calling super: it would open a requests session, a second HTTP stack past the egress guard.
        self.cache = None
        self.load_timeout = 0
        self.operation_timeout = 0
        self._close_session = False
        self._folder = folder

    def load(self, url: str) -> bytes:
        path = Path(url).resolve()
        if not path.is_relative_to(self._folder):
            raise _unusable("The WSDL refers to a file outside its folder.")
        return path.read_bytes()

    def post(self, *_: object) -> NoReturn:
        raise InvariantError("zeep tried to send by itself.", code="transport.soap-bypass")

    def get(self, *_: object) -> NoReturn:
        raise InvariantError("zeep tried to fetch by itself.", code="transport.soap-bypass")


def _load(wsdl_path: Path) -> Any:
    quiet_libraries()
    settings = Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    path = wsdl_path.resolve()
    try:
        return Client(  # type: ignore[no-untyped-call]
            str(path), transport=_PackagedFiles(path.parent), settings=settings
        )
    except (ZeepError, etree.LxmlError, OSError, ValueError, LookupError, NotImplementedError) as error:
        raise _unusable(f"The WSDL {wsdl_path.name} cannot be used ({type(error).__name__}).") from error


def _unusable(message: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        code="transport.wsdl",
        cure="Put the partner's WSDL there as it is, with the schemas it refers to beside it.",
    )


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _parsed(body: bytes) -> Element | None:
    """The envelope, None where the body is no XML, no envelope, or carries a document type (entities, DTDs)."""
    try:
        root = etree.fromstring(body, _parser())
    except (etree.LxmlError, ValueError):
        return None
    if root.getroottree().docinfo.doctype or etree.QName(root).localname != "Envelope":
        return None
    return root


def _as_bytes(envelope: Element) -> bytes:
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


def _headers(binding: object, action: str | None) -> dict[str, str]:
    if isinstance(binding, Soap12Binding):
        return {"content-type": f'application/soap+xml; charset=utf-8; action="{action or ""}"'}
    return {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action or ""}"'}


def _element(envelope: Element, path: str) -> Element:
    names = path.split("/")
    if names[0] == "Header":
        start = envelope
    else:
        bodies = [part for part in envelope if etree.QName(part).localname == "Body"]
        start = bodies[0][0]
    for name in names:
        matching = [part for part in start if isinstance(part.tag, str) and etree.QName(part).localname == name]
        if not matching:
            raise InvariantError(
                f"The envelope has no element {path} for its credential.", code="transport.soap-credential"
            )
        start = matching[0]
    return start


def _raise_unusable(safe: bool) -> NoReturn:
    if safe:
        raise TransientError("The answer is no SOAP envelope.", code="transport.unexpected-answer")
    raise UncertainOutcomeError(
        "The answer is no SOAP envelope, and the partner may have done what was asked.",
        code="transport.outcome-unknown",
    )
