"""Searching the outbox: by the name of an account or a patient, by kind, by state, by day.

Patients' names and record numbers are looked through, and shown, for those alone who may find
patients; for all others a notice to no account in particular is one to whom it concerns.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import col

from portal.errors import Invalid
from portal.models.audit import OutboxNotice
from portal.models.people import Patient, User
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services.notices import codes
from portal.words import _, zone

_state = col(OutboxNotice.state)
_kind = col(OutboxNotice.kind)
FILTERS: dict[str, Any] = {
    "all": _state.is_not(None),
    "waiting": _state.in_(("pending", "claimed")),
    "sent": _state == "sent",
    "back": _state == "withdrawn",
    "dead": _state == "dead",
    "late": (_state == "dead") & (col(OutboxNotice.problem) == codes.TOO_LATE),
}
_NEWS = ("result.released", "message", "news.daily")
_KINDS: dict[str, tuple[str, Any]] = {
    "reminders": (_("Reminders of visits"), col(OutboxNotice.about_at).is_not(None)),
    "visits": (
        _("Other news of visits"),
        _kind.startswith("appointment.") & col(OutboxNotice.about_at).is_(None),
    ),
    "waitlist": (_("The waiting list"), _kind.startswith("waitlist.")),
    "news": (_("Results and messages"), _kind.in_(_NEWS)),
    "accounts": (
        _("Accounts and the rest"),
        ~or_(
            _kind.startswith("appointment."),
            _kind.startswith("waitlist."),
            _kind.in_(_NEWS),
        ),
    ),
}


@dataclass(frozen=True)
class KindRow:
    """A group of kinds to choose."""

    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class Wanted:
    """What is looked for: words of a name or a record number, a group of kinds, a day (ISO)."""

    words: str = ""
    kind: str = ""
    day: str = ""


def kinds() -> list[KindRow]:
    """Returns the groups of kinds."""
    return [KindRow(key, _(words)) for key, (words, _which) in _KINDS.items()]


def query(actor: Actor, shown: str, wanted: Wanted) -> Any:
    """Returns the query for notices in a state that fit, with the names that belong to them."""
    due = col(OutboxNotice.due_at)
    newest = col(OutboxNotice.created_at).desc()
    return (
        select(
            OutboxNotice,
            col(User.name).label("account"),
            col(Patient.name).label("patient"),
            func.count().over().label("total"),
        )
        .join(User, col(User.id) == col(OutboxNotice.user_id), isouter=True)
        .join(Patient, col(Patient.id) == col(OutboxNotice.patient_id), isouter=True)
        .where(FILTERS[shown], *_fits(actor, wanted))
        .order_by(due if shown == "waiting" else newest, col(OutboxNotice.id))
    )


def whom(actor: Actor, row: Any) -> str:
    """Says whom a notice is for, as far as the reader may know."""
    is_shown = has(actor, Permission.FIND_PATIENTS)
    return row.account or row[0].address or (row.patient if is_shown else "") or ""


def _fits(actor: Actor, wanted: Wanted) -> list[Any]:
    found: list[Any] = [_named(actor, word) for word in wanted.words.split()]
    if wanted.kind:
        if wanted.kind not in _KINDS:
            raise Invalid
        found.append(_KINDS[wanted.kind][1])
    if wanted.day:
        first = _midnight(wanted.day)
        what = func.coalesce(
            col(OutboxNotice.sent_at), col(OutboxNotice.ended_at), col(OutboxNotice.due_at)
        )
        found += [what >= first, what < _midnight(wanted.day, 1)]
    return found


def _named(actor: Actor, word: str) -> Any:
    names: list[Any] = [col(User.name)]
    if has(actor, Permission.FIND_PATIENTS):
        names += [col(Patient.name), col(Patient.record_number)]
    return or_(*(name.icontains(word, autoescape=True) for name in names))


def _midnight(day: str, later: int = 0) -> datetime:
    try:
        shown = date.fromisoformat(day) + timedelta(days=later)
    except (ValueError, OverflowError) as error:
        raise Invalid(_("Choose a day of this century.")) from error
    return datetime.combine(shown, time(), zone())
