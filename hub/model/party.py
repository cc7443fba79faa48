"""People and addresses: personal data, so nothing here shows in a repr."""

from __future__ import annotations

from pydantic import Field

from hub.model.canonical import Canonical


class Address(Canonical):
    """A postal address as the channel gave it; lines are kept raw. ``country`` is ISO 3166 alpha-2.

    ``site`` is the channel's own code of the place where it has one: a store of a retailer's.
    """

    name: str = Field(default="", repr=False)
    company: str = Field(default="", repr=False)
    line1: str = Field(default="", repr=False)
    line2: str = Field(default="", repr=False)
    city: str = Field(default="", repr=False)
    region: str = ""
    postal_code: str = Field(default="", repr=False)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    phone: str = Field(default="", repr=False)
    email: str = Field(default="", repr=False)
    site: str = ""
