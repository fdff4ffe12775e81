"""Signing in: the password, the second step, what is due, and confirming once more later on."""

from portal.services.signing_in.again import (
    ConfirmRow,
    confirm_candidate,
    confirm_count_recovery,
    confirm_options,
    confirm_send,
    confirm_view,
    confirm_with_code,
    confirm_with_passkey,
    confirm_with_password,
    confirm_with_recovery,
)
from portal.services.signing_in.agreeing import agree
from portal.services.signing_in.alone import alone_options, with_passkey_alone
from portal.services.signing_in.entry import (
    AGREE,
    SECOND_STEP,
    Entry,
    Where,
    as_actor,
    begin,
    first_page,
    go_on,
    half_open,
)
from portal.services.signing_in.password import enter
from portal.services.signing_in.second import (
    OnlyAWayBack,
    StepRow,
    count_recovery,
    passkey_options,
    send_code,
    view,
    with_code,
    with_passkey,
    with_recovery,
)

__all__ = [
    "AGREE",
    "SECOND_STEP",
    "ConfirmRow",
    "Entry",
    "OnlyAWayBack",
    "StepRow",
    "Where",
    "agree",
    "alone_options",
    "as_actor",
    "begin",
    "confirm_candidate",
    "confirm_count_recovery",
    "confirm_options",
    "confirm_send",
    "confirm_view",
    "confirm_with_code",
    "confirm_with_passkey",
    "confirm_with_password",
    "confirm_with_recovery",
    "count_recovery",
    "enter",
    "first_page",
    "go_on",
    "half_open",
    "passkey_options",
    "send_code",
    "view",
    "with_code",
    "with_passkey",
    "with_passkey_alone",
    "with_recovery",
]
