"""One transaction with every store in it, and the storage that opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from hub.ports import (
    CheckpointStore,
    Clock,
    CompactionStore,
    ConnectionStore,
    DocumentStore,
    DriftStore,
    ExchangeStore,
    FeedStore,
    InboxStore,
    LaneStore,
    LedgerStore,
    OrderStore,
    OutboxStore,
    OutlookStore,
    PriceStore,
    PublicationStore,
    QuarantineStore,
    RefStore,
    RequestStore,
    SequenceStore,
    SoftHoldStore,
    TaskStore,
    TransferStore,
    UnitOfWork,
)
from hub.storage import schema
from hub.storage.checkpoints import SqlCheckpointStore
from hub.storage.compaction import SqlCompactionStore
from hub.storage.connections import SqlConnectionStore
from hub.storage.database import CommitObserver, Database
from hub.storage.documents import SqlDocumentStore
from hub.storage.drift import SqlDriftStore
from hub.storage.exchanges import SqlExchangeStore
from hub.storage.feeds import SqlFeedStore
from hub.storage.inbox import SqlInboxStore
from hub.storage.lanes import SqlLaneStore
from hub.storage.ledger import SqlLedgerStore
from hub.storage.orders import SqlOrderStore
from hub.storage.outbox import SqlOutboxStore
from hub.storage.outlooks import SqlOutlookStore
from hub.storage.prices import SqlPriceStore
from hub.storage.publications import ShownTouches, SqlPublicationStore
from hub.storage.quarantine import SqlQuarantineStore
from hub.storage.refs import SqlRefStore
from hub.storage.requests import SqlRequestStore
from hub.storage.sequences import SqlSequenceStore
from hub.storage.soft_holds import SqlSoftHoldStore
from hub.storage.tasks import SqlTaskStore
from hub.storage.transaction import Transaction
from hub.storage.transfers import SqlTransferStore


class SqlUnitOfWork:
    """UnitOfWork over one transaction."""

    def __init__(self, transaction: Transaction, shown: ShownTouches) -> None:
        self._transaction = transaction
        self.orders: OrderStore = SqlOrderStore(transaction)
        self.requests: RequestStore = SqlRequestStore(transaction)
        self.transfers: TransferStore = SqlTransferStore(transaction)
        self.prices: PriceStore = SqlPriceStore(transaction)
        self.ledger: LedgerStore = SqlLedgerStore(transaction)
        self.checkpoints: CheckpointStore = SqlCheckpointStore(transaction)
        self.compaction: CompactionStore = SqlCompactionStore(transaction)
        self.soft_holds: SoftHoldStore = SqlSoftHoldStore(transaction)
        self.drift: DriftStore = SqlDriftStore(transaction)
        self.documents: DocumentStore = SqlDocumentStore(transaction)
        self.inbox: InboxStore = SqlInboxStore(transaction)
        self.outbox: OutboxStore = SqlOutboxStore(transaction)
        self.lanes: LaneStore = SqlLaneStore(transaction)
        self.tasks: TaskStore = SqlTaskStore(transaction)
        self.quarantine: QuarantineStore = SqlQuarantineStore(transaction)
        self.refs: RefStore = SqlRefStore(transaction)
        self.exchanges: ExchangeStore = SqlExchangeStore(transaction)
        self.feeds: FeedStore = SqlFeedStore(transaction)
        self.outlooks: OutlookStore = SqlOutlookStore(transaction)
        self.publications: PublicationStore = SqlPublicationStore(transaction, shown)
        self.connections: ConnectionStore = SqlConnectionStore(transaction)
        self.sequences: SequenceStore = SqlSequenceStore(transaction)

    def savepoint(self) -> AbstractContextManager[None]:
        """See UnitOfWork."""
        return self._transaction.savepoint()


class SqlStorage:
    """Storage over one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._shown = ShownTouches()

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """See Storage. Raises TransientError where the database is busy, full or away, or chose a victim."""
        with self._database.write() as connection:
            yield self._work(Transaction(connection, self._database.dialect, self._clock, writing=True))

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """See Storage. Everything read in it is of one moment."""
        with self._database.read() as connection:
            yield self._work(Transaction(connection, self._database.dialect, self._clock, writing=False))

    def durability(self) -> dict[str, str]:
        """See Database."""
        return self._database.durability()

    def close(self) -> None:
        """See Storage."""
        self._database.close()

    def _work(self, transaction: Transaction) -> UnitOfWork:
        return SqlUnitOfWork(transaction, self._shown)


def open_storage(url: str, *, clock: Clock, observer: CommitObserver | None = None) -> SqlStorage:
    """Open the database of that URL, creating or upgrading its schema.

    ``url``: ``sqlite:///path/to/hub.db`` or ``postgresql://user@host/name``. ``observer`` is told around every
    commit. Raises ConfigurationError: ``storage.url`` (unreadable), ``storage.driver-missing``,
    ``storage.schema-newer`` (a newer release wrote it); TransientError where the database can't be reached.
    """
    database = Database(url, observer)
    try:
        schema.upgrade(database)
    except BaseException:
        database.close()
        raise
    return SqlStorage(database, clock)
