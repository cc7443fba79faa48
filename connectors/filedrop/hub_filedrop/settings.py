"""What is agreed with a partner that exchanges files: where they lie, what they are called, which mapping each has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from hub.sdk.mailbox import FilePatterns, MailboxConnectorSettings
from hub.sdk.settings import ConnectorSettings, Secret
from hub_filedrop.names import NameTemplate

Told = Literal["fulfilment", "inventory", "item"]


class SentFiles(ConnectorSettings):
    """Files of ours of one kind: ``mapping`` writes them, ``name`` is what they are called, and none holds more than
    ``items_per_file`` requests, quantities or price lists."""

    mapping: str = Field(min_length=1)
    name: NameTemplate
    items_per_file: int = Field(default=500, ge=1, le=10_000)


class Download(ConnectorSettings):
    """A file that is fetched by HTTP: ``url`` without credentials; ``mapping`` reads it. ``name`` is what it is called,
    the last part of the address by default. ``headers`` go with the request; ``username`` and ``password`` log on."""

    url: str = Field(pattern=r"^https?://[^/@\s?#]+(?:[/?][^@\s#]*)?$")
    mapping: str = Field(min_length=1)
    name: str = ""
    headers: Mapping[str, Secret] = Field(default_factory=dict)
    username: str = ""
    password: Secret | None = None

    @model_validator(mode="after")
    def _logs_on_wholly(self) -> Self:
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password go together")
        return self


class FileDropSettings(MailboxConnectorSettings):
    """``receive`` says by mapping which files are read by it, ``send`` by kind what is told the partner and in which
    files, ``download`` what is fetched beside the mailbox; without a ``mailbox`` nothing else is.

    ``deduplicates``: the partner drops a file whose name it has seen. ``accepts``: it never answers a request, which
    counts as accepted once it is delivered.
    """

    mailbox: str = ""
    receive: Mapping[str, FilePatterns] = Field(default_factory=dict)
    send: Mapping[Told, SentFiles] = Field(default_factory=dict)
    download: tuple[Download, ...] = ()
    deduplicates: bool = False
    accepts: bool = False
    max_download_bytes: int = Field(default=100_000_000, gt=0)

    @model_validator(mode="after")
    def _has_somewhere_to_look(self) -> Self:
        if (self.receive or self.send) and not self.mailbox:
            raise ValueError("receive and send need a mailbox")
        if not (self.receive or self.send or self.download):
            raise ValueError("name what comes or goes: receive, send or download")
        names = [each.name for each in self.send.values()]
        if len(set(names)) < len(names):
            raise ValueError("two kinds of files that are sent have the same name")
        fetched = [(each.url, each.mapping) for each in self.download]
        if len(set(fetched)) < len(fetched):
            raise ValueError("the same download stands twice")
        return self
