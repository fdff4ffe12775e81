"""Sign-ins: an opaque secret in an HttpOnly cookie, looked up for every single event.

Only its SHA-256 is kept. A sign-in ends when it was idle too long, when it is too old, when the
person signs out, or when the account is disabled; a background refresh never extends it.
"""

from portal.security.signins.asking import Seat, actor_of, granted, left, seat, still_open, was_here
from portal.security.signins.cookies import SECRET_BYTES, cookie_name, digest_in, digest_of
from portal.security.signins.limits import (
    CLOCK_SLACK,
    FULL,
    HALFWAY,
    HALFWAY_LIFE,
    Left,
    Limits,
    ends_by_itself,
)
from portal.security.signins.writing import (
    carry,
    confirm,
    count_try,
    end,
    end_all,
    enrolled,
    keep_newest,
    open_record,
    start,
)

__all__ = [
    "CLOCK_SLACK",
    "FULL",
    "HALFWAY",
    "HALFWAY_LIFE",
    "SECRET_BYTES",
    "Left",
    "Limits",
    "Seat",
    "actor_of",
    "carry",
    "confirm",
    "cookie_name",
    "count_try",
    "digest_in",
    "digest_of",
    "end",
    "end_all",
    "ends_by_itself",
    "enrolled",
    "granted",
    "keep_newest",
    "left",
    "open_record",
    "seat",
    "start",
    "still_open",
    "was_here",
]
