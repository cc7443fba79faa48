"""A connection is not opened with an x12.yaml that names findings which do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from tests.integration.supplier_mail import EAST, MailWorld, profile


def test_connection_with_an_unknown_finding_code_is_not_opened(tmp_path: Path) -> None:
    world = MailWorld("sqlite://", folder=tmp_path, x12=profile(severities={"x12.se-cuont": "warning"}))
    with pytest.raises(ConfigurationError) as caught:
        world.connection(EAST)
    assert ("configuration.unknown-finding", "Did you mean x12.se-count?", "mappings/partners/east/x12.yaml") == (
        caught.value.code,
        caught.value.cure,
        caught.value.place,
    )
