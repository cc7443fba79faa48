"""What every ``hub edi`` command takes and gives: files, ``-`` for the pipes, and a partner's rules."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from hub.cli.exits import NotThereError
from hub.errors import ConfigurationError

if TYPE_CHECKING:
    from hub.cli.session import Session
    from hub.edi.inspection import Inspected
    from hub.sdk.x12.rules import X12Rules

STANDARD_STREAM = Path("-")
BIG_FILE_BYTES = 16_000_000

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="X12 files; - is standard input.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="An X12 file; - is standard input.")]
PartnerName = Annotated[
    str, typer.Option("--partner", help="Check and weigh as this partner's x12.yaml does (a folder of mappings).")
]
Output = Annotated[Path | None, typer.Option("--out", "-o", help="Write it there instead of to standard output.")]


def require_files(paths: Sequence[Path]) -> None:
    """Raises what opening them raises before anything is shown, and NotThereError where ``-`` is named twice."""
    if list(paths).count(STANDARD_STREAM) > 1:
        raise NotThereError(
            "Standard input can be read once only.", code="cli.input-twice", cure="Name - once, and files otherwise."
        )
    for path in paths:
        if path != STANDARD_STREAM:
            path.open("rb").close()


def read_file(path: Path) -> bytes:
    """The bytes of a file, or of standard input for ``-``."""
    return sys.stdin.buffer.read() if path == STANDARD_STREAM else path.read_bytes()


def open_file(path: Path) -> BinaryIO:
    """A file to be read, once or again; standard input is held in memory."""
    return io.BytesIO(sys.stdin.buffer.read()) if path == STANDARD_STREAM else path.open("rb")


def is_big(stream: BinaryIO) -> bool:
    """Whether a file is too big to hold all of it as objects."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size > BIG_FILE_BYTES


def inspected(stream: BinaryIO, rules: X12Rules, *, documents: bool | None = None) -> Iterator[Inspected]:
    """Every interchange of a file. A big one is read in constant memory, without documents unless they are insisted on.

    Raises DataError where nothing is readable.
    """
    from hub.edi.inspection import inspect_envelopes, inspect_interchanges

    severities, agreement, encoding = rules.severities, rules.agreement, rules.encoding
    if not documents and is_big(stream):
        return inspect_envelopes(stream, severities=severities, agreement=agreement, encoding=encoding)
    return iter(inspect_interchanges(stream.read(), severities=severities, agreement=agreement, encoding=encoding))


def shown_name(path: Path) -> str:
    """How a file is called in what is shown."""
    return "standard input" if path == STANDARD_STREAM else str(path)


def write_output(data: bytes, output: Path | None) -> None:
    """To standard output, or to a file that appears whole or not at all: someone may be watching its folder."""
    if output is None or output == STANDARD_STREAM:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    part = output.with_name(f".{output.name}.part")
    part.write_bytes(data)
    os.replace(part, output)


def partner_rules(session: Session, partner: str) -> X12Rules:
    """How the partner's x12.yaml wants files to be read; by the book without a partner.

    Its folder is looked for as the configuration does: the user's mappings first, then the shipped ones. Where there
    is no configuration, ``mappings`` of this folder are the user's. Raises ConfigurationError.
    """
    from hub.mapping.config import load_setup
    from hub.mapping.partner import load_partner
    from hub.mapping.shipped import mapping_folders
    from hub.model.identity import PartnerId
    from hub.sdk.x12.rules import X12Rules, rules_of

    if not partner:
        return X12Rules()
    path = session.config_path
    own = load_setup(path).mappings if path.exists() else Path("mappings")
    profile = load_partner(PartnerId(partner), [each / "partners" for each in mapping_folders(own)]).x12
    if profile is None:
        raise ConfigurationError(
            f"The partner {partner} has no x12.yaml.",
            code="configuration.unknown-partner",
            cure=f"Write mappings/partners/{partner}/x12.yaml, or leave --partner out.",
        )
    return rules_of(profile)
