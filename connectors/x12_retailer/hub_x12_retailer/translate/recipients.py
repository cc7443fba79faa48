"""N1*ST to the address goods go to: a customer of the retailer's, or one of its stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from hub.edi.documents.parts import Party, party_named
from hub.model.party import Address

_COUNTRIES: Mapping[str, str] = MappingProxyType({"USA": "US", "CAN": "CA", "MEX": "MX"})


def recipient(parties: Iterable[Party], site_qualifier: str) -> Address | None:
    """The first ship-to party; None where there is none. Without a country it is in the United States, as X12 has it.

    A store that is named by its number only has that number for a street: whoever ships there knows it.
    The number is its site where N103 says that it is of the ``site_qualifier``, which we write it with.
    """
    party = party_named(parties, "ST")
    if party is None:
        return None
    lines = [*party.address_lines, ""] if party.address_lines else [f"Store {party.id}" if party.id else "", ""]
    company, name = (party.name, party.additional_names[0]) if party.additional_names else ("", party.name)
    numbers = {qualifier: number for contact in party.contacts for qualifier, number in contact.numbers}
    return Address(
        name=name,
        company=company,
        line1=lines[0],
        line2=lines[1],
        city=party.city,
        region=party.state,
        postal_code=party.postal_code,
        country=_country(party.country),
        phone=numbers.get("TE", ""),
        email=numbers.get("EM", ""),
        site=party.id if party.id_qualifier in {"", site_qualifier} else "",
    )


def _country(given: str) -> str:
    code = _COUNTRIES.get(given.upper(), given.upper())
    return code if len(code) == 2 and code.isascii() and code.isalpha() else "US"
