"""A document by its mapping: what kind it is decides what its records become."""

from __future__ import annotations

from collections.abc import Iterator

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.mapping.fields.compile import CompiledMapping
from hub.model.document import Document
from hub.model.identity import ChannelId
from hub.model.stock import StockBatch
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.intake import Intake
from hub.sdk.mapped.invoices import invoices
from hub.sdk.mapped.orders import orders
from hub.sdk.mapped.prices import price_list
from hub.sdk.mapped.shipments import shipments
from hub.sdk.mapped.stock import BIG_FILE_BYTES, stock_feed, stock_report
from hub.sdk.problem_tally import MOST_PROBLEMS, ProblemTally


def parse_mapped(
    document: Document, mapping: CompiledMapping, codebook: Codebook, channel: ChannelId | None = None
) -> Parsed:
    """What the document says. ``channel``: where its orders come from. Raises DataError where nothing is usable."""
    return taken(intake_of(document, mapping, codebook), channel)


def feed_mapped(
    document: Document, mapping: CompiledMapping, codebook: Codebook
) -> Iterator[StockBatch | Parsed] | None:
    """See FeedSource: a big table of stock; None for any other document, and for one whose rows have moments of their
    own, which batches have no place for."""
    big = len(document.body) >= BIG_FILE_BYTES or mapping.file.format.archive != "none"
    if not big or not mapping.is_table or mapping.shape.name != "stock" or "as_of" in mapping.file.fields:
        return None
    return stock_feed(intake_of(document, mapping, codebook, most_problems=MOST_PROBLEMS))


def taken(intake: Intake, channel: ChannelId | None) -> Parsed:
    """What a document on its way says, by what its mapping reads."""
    match intake.mapping.shape.name:
        case "stock":
            return stock_report(intake)
        case "prices":
            return price_list(intake)
        case "shipments":
            return shipments(intake)
        case "invoices":
            return invoices(intake)
        case _:
            return orders(intake, _channel_of(channel, intake.codebook))


def intake_of(
    document: Document, mapping: CompiledMapping, codebook: Codebook, *, most_problems: int | None = None
) -> Intake:
    """The document on its way, with the codebook of its day; ``most_problems``, or all, are told by themselves."""
    return Intake(document, mapping, codebook.on(document.at.date()), ProblemTally(most_problems))


def _channel_of(channel: ChannelId | None, codebook: Codebook) -> ChannelId:
    if channel is None:
        raise ConfigurationError(
            f"The connection {codebook.connection} reads orders and serves no channel.",
            code="configuration.no-channel",
            cure=f"Name the channel: connections.{codebook.connection}.channel in hub.yaml.",
        )
    return channel
