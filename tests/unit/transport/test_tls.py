"""HTTPS over the guarded backend: names are verified although the connection goes to an address."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.errors import ConfigurationError, HubError, TransientError
from hub.transport.http import HttpSettings, Timing, open_http


class Greeting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        """Quiet."""


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for ``name`` and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@contextmanager
def https_server(cert: Path, key: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with HTTPServer(("127.0.0.1", 0), Greeting) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask(host: str, port: int, ca_file: Path | None) -> int:
    kept = HttpSettings(
        base_url=f"https://{host}:{port}",
        allowed_hosts=frozenset({host}),
        allow_private=True,
        ca_file=ca_file,
        attempts=1,
    )
    with open_http(kept, timing=Timing(), resolver=lambda name, _: ["127.0.0.1"]) as client:
        return client.request("GET", "x", safe=True).status


def test_a_partner_with_its_own_authority_is_reached_by_its_name(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, "erp.test")
    with https_server(cert, key) as port:
        assert 200 == ask("erp.test", port, cert)


@pytest.mark.parametrize(("host", "known"), [("other.test", True), ("erp.test", False)])
def test_a_wrong_name_or_an_unknown_authority_is_not_talked_to(host: str, known: bool, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, "erp.test")
    with https_server(cert, key) as port, pytest.raises(HubError) as raised:
        ask(host, port, cert if known else None)
    assert (TransientError, "transport.certificate") == (type(raised.value), raised.value.code)


def test_a_ca_file_that_cannot_be_read_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        ask("erp.test", 9, tmp_path / "missing.pem")
    assert "transport.ca-file" == raised.value.code
