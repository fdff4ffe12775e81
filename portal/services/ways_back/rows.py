"""What the clinic sees of a way back, and how identity may be proved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.models.requests import WayBack
from portal.services import proofs
from portal.words import _, how_far, when


@dataclass(frozen=True)
class WayBackRow:
    """A way back, as those see it who decide."""

    id: str = ""
    name: str = ""
    href: str = ""
    role: str = ""
    proof: str = ""
    note: str = ""
    drops: str = ""
    by: str = ""
    at: str = ""
    holds: str = ""
    status: str = ""
    words: str = ""
    # Whether this actor may approve, or print the letter, now.
    may_approve: bool = False
    may_print: bool = False
    may_refuse: bool = True


_OTHER_HAND = _("A colleague prints the letter: who handed the code over does not.")


def row_of(one: WayBack, user: Any, *, is_other: bool, on_paper: bool, now: datetime) -> Any:
    """Returns a way back in words; `is_other` says that the reader is not who began it."""
    is_open = one.status in {"waiting", "approved"}
    holds = one.status == "approved" or now >= one.holds_from
    return WayBackRow(
        id=one.id,
        name=user.name,
        href=f"/staff/patients/{user.patient_id}" if user.patient_id else "",
        role=user.role,
        proof=proofs.words(one.proof),
        note=one.note,
        drops=_("Password and second factors") if one.drops_factors else _("Password alone"),
        by=one.created_by_name,
        at=how_far(one.created_at, now),
        holds=when(one.holds_from, now),
        status=one.status,
        words=_(_OTHER_HAND)
        if is_open and holds and on_paper and not is_other
        else _said(one, holds=holds, now=now),
        may_approve=is_other and one.status == "waiting" and not holds,
        may_print=is_open and holds and on_paper and is_other,
        may_refuse=is_open,
    )


_ENDED = {
    "used": _("Used: they are back in"),
    "refused": _("Ended: stopped, or begun anew"),
    "expired": _("Ended unused: too late, or too many wrong tries. Begin anew"),
}


def _said(one: WayBack, *, holds: bool, now: datetime) -> str:
    if one.status in _ENDED:
        return _(_ENDED[one.status])
    if one.status == "approved" and one.approved_by_name:
        return _("Approved by {name}").format(name=one.approved_by_name)
    if holds:
        return _("Can be used now")
    said = _("Waits until {time}, or for a second member of staff")
    return said.format(time=when(one.holds_from, now))
