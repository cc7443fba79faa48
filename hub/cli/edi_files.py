"""What every ``hub edi`` command takes and gives: files, ``-`` for the pipes, and a partner's severities."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from hub.cli.exits import NotThereError
from hub.errors import ConfigurationError

if TYPE_CHECKING:
    from hub.cli.session import Session
    from hub.edi.findings import Severity
    from hub.edi.inspection import Inspected

STANDARD_STREAM = Path("-")
BIG_FILE_BYTES = 16_000_000

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="X12 files; - is standard input.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="An X12 file; - is standard input.")]
PartnerName = Annotated[
    str, typer.Option("--partner", help="Weigh findings as this partner's x12.yaml does (a folder of mappings).")
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


def inspected(
    stream: BinaryIO, severities: Mapping[str, Severity], *, documents: bool | None = None
) -> Iterator[Inspected]:
    """Every interchange of a file. A big one is read in constant memory, without documents unless they are insisted on.

    Raises DataError where nothing is readable.
    """
    from hub.edi.inspection import inspect_envelopes, inspect_interchanges

    if not documents and is_big(stream):
        return inspect_envelopes(stream, severities=severities)
    return iter(inspect_interchanges(stream.read(), severities=severities))


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


def partner_severities(session: Session, partner: str) -> Mapping[str, Severity]:
    """Severities that the partner's x12.yaml raises or lowers; none without a partner.

    Its folder is looked for as the configuration does: the user's mappings first, then the shipped ones. Where there
    is no configuration, ``mappings`` of this folder are the user's. Raises ConfigurationError.
    """
    if not partner:
        return {}
    from hub.edi.findings import Severity
    from hub.mapping.config import load_setup, shipped_mappings
    from hub.mapping.partner import load_partner
    from hub.model.identity import PartnerId

    path = session.config_path
    own = load_setup(path).mappings if path.exists() else Path("mappings")
    profile = load_partner(PartnerId(partner), (own / "partners", shipped_mappings() / "partners")).x12
    if profile is None:
        raise ConfigurationError(
            f"The partner {partner} has no x12.yaml.",
            code="configuration.unknown-partner",
            cure=f"Write mappings/partners/{partner}/x12.yaml, or leave --partner out.",
        )
    try:
        return {code: Severity(severity) for code, severity in profile.severities.items()}
    except ValueError:
        raise ConfigurationError(
            f"A severity in the x12.yaml of {partner} is neither reject nor warning.",
            code="configuration.invalid",
            cure="Use reject or warning.",
        ) from None
