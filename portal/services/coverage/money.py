"""Money: whole minor units of a currency, and how people write and read them.

How many decimals a currency has is its own (ISO 4217): two for the dollar, none for the yen,
three for the dinar of Kuwait.
"""

import re
from decimal import Decimal

from babel import numbers

from portal.errors import Invalid
from portal.models.coverage import MOST_OWED
from portal.words import _, language

# Digits and what stands between them: no signs, and no exponent that makes a thousand of 1e3.
_WRITTEN = re.compile(r"[\d.,’'\s]+")


class NoAmount(Invalid):
    """What was entered is no amount of this currency."""

    sentence = _("Enter the amount in numbers, as in 45 or 45.50; 0 where nothing is open.")


class NoCurrency(Invalid):
    """There is no such currency."""

    sentence = _("Enter the currency by its three letters, for example USD, EUR or JPY.")


def currency(given: str) -> str:
    """Returns the code of a currency that there is; raises `NoCurrency`."""
    code = given.strip().upper()
    if code not in numbers.list_currencies(language().partition("-")[0]):
        raise NoCurrency
    return code


def minor(amount: str, code: str) -> int:
    """Returns what was written as minor units; raises `NoAmount` for less than one of them."""
    if not _WRITTEN.fullmatch(amount.strip()):
        raise NoAmount
    try:
        given = numbers.parse_decimal(amount.strip(), locale=_locale(), strict=True)
    except numbers.NumberFormatError as error:
        raise NoAmount from error
    units = given.scaleb(decimals(code))
    if units != units.to_integral_value() or not 0 <= units <= MOST_OWED:
        raise NoAmount
    return int(units)


def said(units: int, code: str) -> str:
    """Says an amount with its currency, as in $45.00."""
    return numbers.format_currency(major(units, code), code, locale=_locale())


def plain(units: int, code: str) -> str:
    """Returns an amount as a form shows it: the decimals of its currency, no groups."""
    return numbers.format_decimal(
        major(units, code),
        format=f"0.{'0' * decimals(code)}".rstrip("."),
        locale=_locale(),
        group_separator=False,
    )


def major(units: int, code: str) -> Decimal:
    """Returns minor units as an amount."""
    return Decimal(units).scaleb(-decimals(code))


def decimals(code: str) -> int:
    """Returns how many decimals a currency has."""
    return numbers.get_currency_precision(code)


def _locale() -> str:
    return language().replace("-", "_")
