"""The in-process engine holds the Dispatcher's contract, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hub.ports import Dispatcher
from hub.sync.dispatch.embedded import EmbeddedDispatcher
from tests.contract.dispatcher.suite import DispatcherContract, Handler


class TestEmbeddedDispatcher(DispatcherContract):
    @pytest.fixture
    def make_dispatcher(self) -> Callable[[Handler], Dispatcher]:
        return EmbeddedDispatcher
