"""What a browser gets of who pays."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CoverageRow:
    """A patient's insurance and balance, in words, and as the forms show them at first."""

    patient_id: str = ""
    # The insurance; version 0 where none is entered.
    version: int = 0
    said: str = ""
    tone: str = ""
    icon: str = ""
    payer: str = ""
    member_number: str = ""
    period: str = ""
    verified: str = ""
    entered: str = ""
    self_pay: bool = False
    starts_on: str = ""
    ends_on: str = ""
    # The balance; version 0 where none was ever entered.
    account_version: int = 0
    balance: str = ""
    owes: bool = False
    as_of: str = ""
    settled: str = ""
    amount: str = ""
    currency: str = ""
    today: str = ""
