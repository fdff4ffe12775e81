"""Notices: what is to be told to somebody outside, written in the transaction of the change."""

from portal.services.notices.codes import GONE, KEPT_HERE, PORTAL_ONLY, UNFORESEEN
from portal.services.notices.filling import given_of
from portal.services.notices.hours import look_again
from portal.services.notices.hours import of as hours_of
from portal.services.notices.ledger import LedgerRow, of_letters, of_patient, of_visit
from portal.services.notices.naming import language_of
from portal.services.notices.outbox import (
    CHANNELS,
    Outcome,
    Taken,
    put_back,
    settle,
    take,
)
from portal.services.notices.parcels import DeviceTold, Parcel
from portal.services.notices.questions import ask_before
from portal.services.notices.recipients import Recipient, is_written_to, recipients
from portal.services.notices.rendering import (
    LANGUAGE,
    House,
    Written,
    as_page,
    as_push,
    as_sms,
    as_text,
    write_out,
)
from portal.services.notices.saying import moment
from portal.services.notices.searching import Wanted
from portal.services.notices.texts import TEXTS, Text
from portal.services.notices.viewing import (
    CannotRetry,
    LetterRow,
    NoticeRow,
    OutboxRow,
    letter,
    retry,
    view,
)
from portal.services.notices.ways import EMAIL, PORTAL, PUSH, SMS, chosen, takes_pushes, takes_texts
from portal.services.notices.writing import (
    CANCELLED,
    CONFIRMED,
    MOVED,
    OVER,
    call_off,
    listen,
    mail,
    remind,
    take_back,
    to_user,
    unhurried,
    withdraw,
    write,
    write_all,
    write_once_for,
)

__all__ = [
    "CANCELLED",
    "CHANNELS",
    "CONFIRMED",
    "EMAIL",
    "GONE",
    "KEPT_HERE",
    "LANGUAGE",
    "MOVED",
    "OVER",
    "PORTAL",
    "PORTAL_ONLY",
    "PUSH",
    "SMS",
    "TEXTS",
    "UNFORESEEN",
    "CannotRetry",
    "DeviceTold",
    "House",
    "LedgerRow",
    "LetterRow",
    "NoticeRow",
    "OutboxRow",
    "Outcome",
    "Parcel",
    "Recipient",
    "Taken",
    "Text",
    "Wanted",
    "Written",
    "as_page",
    "as_push",
    "as_sms",
    "as_text",
    "ask_before",
    "call_off",
    "chosen",
    "given_of",
    "hours_of",
    "is_written_to",
    "language_of",
    "letter",
    "listen",
    "look_again",
    "mail",
    "moment",
    "of_letters",
    "of_patient",
    "of_visit",
    "put_back",
    "recipients",
    "remind",
    "retry",
    "settle",
    "take",
    "take_back",
    "takes_pushes",
    "takes_texts",
    "to_user",
    "unhurried",
    "view",
    "withdraw",
    "write",
    "write_all",
    "write_once_for",
    "write_out",
]
