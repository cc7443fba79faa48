"""Our SKU in the retailer's words."""

from __future__ import annotations

from hub.edi.documents.parts import ProductIds
from hub.mapping.codebook import Codebook, PartnerItem
from hub.sdk.x12.translate.reading import profile_of


def ids_of(item: PartnerItem, codebook: Codebook) -> ProductIds:
    """Its ids by which the retailer knows it, in the order of the profile; all of them where that names none."""
    names = [name for name in profile_of(codebook).item_ids if name in item.ids] or list(item.ids)
    return tuple((name, item.ids[name]) for name in names)
