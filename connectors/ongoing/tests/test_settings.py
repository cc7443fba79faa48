"""Settings: wrong ones are told by name, and never echoed."""

from __future__ import annotations

from typing import Any

import ongoing_builders as builders
import pytest
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "ftp://files.example"}, "endpoint"),
        ({"endpoint": "https://user:canary@ongoing.example/Service.asmx"}, "endpoint"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"shipped_statuses": []}, "shipped_statuses"),
        ({"page_size": 0}, "page_size"),
        ({"goods_owner_code": ""}, "goods_owner_code"),
        ({"goods_owner": "TOYSHOP"}, "goods_owner"),
    ],
)
def test_wrong_setting_is_named_and_not_echoed(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        builders.settings(**changes)
    assert [(field,)] == [error["loc"] for error in caught.value.errors()]
    assert "canary" not in str(caught.value)


def test_password_shows_in_no_repr() -> None:
    assert builders.PASSWORD not in repr(builders.settings())


def test_picked_and_ready_for_pickup_are_not_shipped() -> None:
    assert not {400, 451} & builders.settings().shipped_statuses
