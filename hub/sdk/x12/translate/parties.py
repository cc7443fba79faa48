"""Who is named in what we send: the site that ships and the one it goes to, as N1 loops."""

from __future__ import annotations

from hub.edi.documents.parts import Party
from hub.mapping.x12_profile import X12Profile
from hub.model.party import Address

_BUYERS_CODE = "92"
"""N103: assigned by the buyer."""


def site_party(entity: str, site: str, profile: X12Profile) -> tuple[Party, ...]:
    """Which of the partner's sites we ask to ship; nobody where it has only one, and so no code for it."""
    if not site:
        return ()
    named = profile.site_by == "name"
    return (Party(entity, name=site) if named else Party(entity, id_qualifier=profile.site_qualifier, id=site),)


def ship_to_party(address: Address | None) -> tuple[Party, ...]:
    """The recipient (ST)."""
    if address is None:
        return ()
    party = Party(
        "ST",
        name=address.company or address.name,
        id_qualifier=_BUYERS_CODE if address.site else "",
        id=address.site,
        additional_names=(address.name,) if address.company and address.name else (),
        address_lines=tuple(filter(None, (address.line1, address.line2))),
        city=address.city,
        state=address.region if len(address.region) == 2 else "",
        postal_code=address.postal_code[:15],
        country=address.country,
    )
    return (party,)
