"""Money: exact amounts in one currency; sums never mix currencies and shares always add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from pydantic import Field

from hub.model.canonical import Canonical

_EXPONENTS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "KWD": 3,
    "BHD": 3,
    "OMR": 3,
    "JOD": 3,
    "TND": 3,
}


def currency_exponent(currency: str) -> int:
    """Decimal places of a currency's smallest coin (ISO 4217); 2 for all not listed."""
    return _EXPONENTS.get(currency, 2)


class Money(Canonical):
    """An amount in a currency (ISO 4217 code). Prices may carry more places than the smallest coin."""

    amount: Decimal
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def times(self, factor: Decimal) -> Money:
        """The exact product; round with ``allocate`` where coins are needed."""
        return Money(amount=self.amount * factor, currency=self.currency)

    def allocate(self, weights: Sequence[Decimal]) -> tuple[Money, ...]:
        """Split into whole coins by weight; the sum is exact, left-over coins go to the first shares.

        >>> [str(m.amount) for m in Money(amount=Decimal("10.00"), currency="USD").allocate([Decimal(1)] * 3)]
        ['3.34', '3.33', '3.33']
        """
        coin = Decimal(1).scaleb(-currency_exponent(self.currency))
        total = sum(weights, Decimal(0))
        if total <= 0:
            raise ValueError("weights must add up to more than zero")
        shares = [(self.amount * w / total).quantize(coin, rounding=ROUND_DOWN) for w in weights]
        rest = int((self.amount - sum(shares, Decimal(0))) / coin)
        step = coin if rest >= 0 else -coin
        for index in range(abs(rest)):
            shares[index % len(shares)] += step
        return tuple(Money(amount=share, currency=self.currency) for share in shares)
