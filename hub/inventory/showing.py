"""What a channel shows now, and whether it has to be told something else.

    shown = confirmed - (units sold since - units cancelled since)

A channel takes what it sells off its own number, so the figure it took is not the one it shows. A cap makes that
plain: of 100 units a channel capped at 10 shows 10, sells 4, and shows 6 until it is told 10 again.

Sales are known from the channel's orders. One that was taken in after the channel took a figure may have been made
before that. Where the channel compared, it was not: with one sale more the channel would have shown something else
than was expected. Where it took the figure unseen, such a sale was overwritten: then after each sale it is told again
what it has to show, and what it is expected to show is the most that it can. That is also why cancelled units count
as put back: where they were not, the figure is refused once and looked at again, and nothing is sold twice.
"""

from __future__ import annotations

from decimal import Decimal

from hub.model.queue import Certainty, Publication, PublicationState
from hub.model.stock import ChannelSales, QuantityUpdate

NOTHING_NEW = "it shows this already"
WAITS = "waits for the channel's orders"


def shown(publication: Publication, sales: ChannelSales) -> Decimal | None:
    """What the channel shows as far as we know; None where it was never told. ``sales``: all there are.

    While it waits for its orders (``waits_since``), those that come in are the ones that made it show what it shows.
    """
    if publication.confirmed is None or publication.waits_since is not None:
        return publication.confirmed
    return publication.confirmed - (sales.net - publication.sales.net)


def most_shown(publication: Publication, sales: ChannelSales) -> Decimal | None:
    """The most that it can show, and so what a new figure is compared with: less means a sale we do not know of."""
    if publication.confirmed is None or publication.certainty is Certainty.EXACT:
        return shown(publication, sales)
    return publication.confirmed + (sales.cancelled - publication.sales.cancelled)


def is_queued(publication: Publication) -> bool:
    """Whether a figure is on its way."""
    return publication.requested is not None and publication.state is PublicationState.PENDING


def uncertain(publication: Publication, update: QuantityUpdate, sales: ChannelSales) -> Decimal:
    """The most that it can show where nobody knows whether it took ``update``."""
    taken = update.quantity + (sales.cancelled - update.sales.cancelled)
    before = most_shown(publication, sales)
    return taken if before is None else max(taken, before)


def asks_for(update: QuantityUpdate, publication: Publication, quantity: Decimal, sales: ChannelSales) -> bool:
    """Whether the update asks for exactly this, knowing what we know now."""
    known = (quantity, most_shown(publication, sales), sales)
    return (update.quantity, update.expected, update.sales) == known


def reason_to_skip(publication: Publication, quantity: Decimal, sales: ChannelSales) -> str:
    """Why the channel is not told ``quantity`` now; empty where it is."""
    if not is_queued(publication) and shown(publication, sales) == quantity and _is_sure(publication, sales):
        return NOTHING_NEW
    # Less than it shows is always better, whatever it has sold meanwhile.
    falls = publication.confirmed is not None and quantity < publication.confirmed
    return WAITS if publication.waits_since is not None and not falls else ""


def _is_sure(publication: Publication, sales: ChannelSales) -> bool:
    """Whether ``shown`` is what it shows. Nobody says whether it put cancelled units back."""
    if sales.cancelled != publication.sales.cancelled:
        return False
    match publication.certainty:
        case Certainty.EXACT:
            return True
        case Certainty.UNSEEN:
            return sales.ordered == publication.sales.ordered
        case Certainty.AT_MOST:
            return False
