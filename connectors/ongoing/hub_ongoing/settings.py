"""What a merchant sets for a connection to Ongoing WMS."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from hub.sdk.settings import ConnectorSettings, Secret

API_VERSION = "WSI"
"""The goods owner SOAP API. The vendor keeps one unversioned service and names no sunset date (docs, Nov 2026)."""


class OngoingSettings(ConnectorSettings):
    """One goods owner in one Ongoing system.

    Order status numbers are the tenant's own; the defaults are the vendor's. 400 (picked) and 451 (ready for
    pickup) are not among ``shipped_statuses``: such goods are still in the building. ``time_zone`` is the
    warehouse's: the service gives and takes moments without an offset. ``site`` is the site code that the
    mappings give the warehouse, empty where the partner has one location only.
    """

    endpoint: str = Field(pattern=r"^https?://[^\s@]+$")
    username: str = Field(min_length=1, max_length=50)
    password: Secret
    goods_owner_code: str = Field(min_length=1, max_length=400)
    site: str = ""
    time_zone: str = "Europe/Stockholm"
    shipped_statuses: frozenset[int] = frozenset({425, 450, 475, 500})
    cancelled_statuses: frozenset[int] = frozenset({1000})
    page_size: int = Field(default=1000, ge=1, le=1000)
    overlap_minutes: float = Field(default=15, ge=1)
    look_back_days: float = Field(default=30, gt=0)
    notify_by_email: bool = False
    notify_by_sms: bool = False
    timeout_seconds: float = Field(default=60, gt=0)
    calls_per_second: float = Field(default=10, gt=0)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is no IANA time zone") from error
        return value

    @field_validator("shipped_statuses")
    @classmethod
    def _some_status(cls, value: frozenset[int]) -> frozenset[int]:
        if not value:
            raise ValueError("names no status")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The warehouse's time zone."""
        return ZoneInfo(self.time_zone)
