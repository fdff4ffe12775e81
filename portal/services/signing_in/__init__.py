"""Signing in: the password, the second step, what is due, and confirming once more later on."""

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
    "Entry",
    "OnlyAWayBack",
    "StepRow",
    "Where",
    "as_actor",
    "begin",
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
    "with_recovery",
]
