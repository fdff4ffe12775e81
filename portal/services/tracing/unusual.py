"""What is unusual: looks that a privacy officer should know of, each with a plain sentence.

Computed from the trace when it is asked for; nothing is stored, nobody is judged by it. A line
says what was seen, and most have a good reason (SECURITY AUD-11).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.audit import AuditEvent
from portal.models.people import Organization, Patient, RelatedPerson, User
from portal.models.requests import RecordOpening
from portal.security import access, audit, policies
from portal.security.actor import STAFF, Actor
from portal.services import clinic_hours, patients
from portal.services.looks import words
from portal.services.tracing import span
from portal.services.tracing.rows import UnusualRow
from portal.words import _, _n, clock, local, short_day

SHOWN = 60
# So many rows of a period are looked through; more is said.
READ_MOST = 200_000
_HOUR = timedelta(hours=1)
_AT_ONCE = 500


@dataclass(frozen=True)
class _Found:
    at: datetime
    who: str
    what: str
    said: str
    tone: str = ""
    icon: str = "info"


def listed(
    db: Session, actor: Actor, *, since: date, until: date, now: datetime
) -> tuple[list[UnusualRow], str]:
    """Returns what is unusual, the newest first, and how many more there are; for a traced view."""
    start = span.start_of(since, now)
    end = span.start_of(until + timedelta(days=1), now)
    rows = _rows(db, actor, start, end)
    found = [
        *_openings(db, start, end),
        *_many(rows, policies.current(db).many_records_an_hour),
        *_close_to_home(db, rows),
        *_out_of_hours(db, rows),
    ]
    found.sort(key=lambda one: one.at, reverse=True)
    left = len(found) - SHOWN
    more = _n("and {count} more, earlier", "and {count} more, earlier", left) if left > 0 else ""
    return [_shown(at, one) for at, one in enumerate(found[:SHOWN])], more


def _shown(at: int, one: _Found) -> UnusualRow:
    return UnusualRow(
        key=f"{at}",
        at=f"{short_day(one.at)}, {clock(one.at)}",
        who=one.who,
        what=one.what,
        said=one.said,
        tone=one.tone,
        icon=one.icon,
    )


def _rows(db: Session, actor: Actor, start: datetime, end: datetime) -> list[Any]:
    """Returns who of the staff looked at whose record, oldest first."""
    query = (
        select(
            col(AuditEvent.at),
            col(AuditEvent.actor_id),
            col(AuditEvent.actor_name),
            col(AuditEvent.patient_id),
        )
        .where(
            access.trace(actor, col(AuditEvent.patient_id)),
            *span.within(db, start, end),
            col(AuditEvent.patient_id) != "",
            col(AuditEvent.role).in_(STAFF),
            ~col(AuditEvent.reason).endswith(audit.STILL_OPEN),
        )
        .order_by(col(AuditEvent.seq))
        .limit(READ_MOST)
    )
    return list(db.connection().execute(query))


def _openings(db: Session, start: datetime, end: datetime) -> Iterable[_Found]:
    query = (
        select(RecordOpening, col(User.name), col(Patient.name))
        .join(User, col(User.id) == col(RecordOpening.user_id))
        .join(Patient, col(Patient.id) == col(RecordOpening.patient_id))
        .where(col(RecordOpening.opened_at) >= start, col(RecordOpening.opened_at) < end)
    )
    for opening, who, whose in db.execute(query):
        yield _opening(opening, who, whose)


def _opening(opening: RecordOpening, who: str, whose: str) -> _Found:
    if opening.is_emergency:
        said = _("Opened the record of {name} in an emergency: {words}")
        words_ = said.format(name=whose, words=opening.note)
        return _Found(opening.opened_at, who, _("Emergency access"), words_, "bad", "alert")
    reason = ": ".join(part for part in (words.stated(opening.reason), opening.note) if part)
    said = _("Does not treat {name} and opened the record. Reason: {words}")
    words_ = said.format(name=whose, words=reason)
    return _Found(opening.opened_at, who, _("Opened with a reason"), words_, "soon", "key")


def _many(rows: list[Any], most: int) -> Iterable[_Found]:
    """Finds the busiest hour of everybody who saw more records in one than the policy allows."""
    by_person: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_person[row.actor_id].append(row)
    for theirs in by_person.values():
        count, at = _busiest(theirs)
        if count > most:
            said = _("Looked at {count} records within an hour; more than {most} are listed here.")
            words_ = said.format(count=count, most=most)
            name = theirs[0].actor_name
            yield _Found(at, name, _("Many records in an hour"), words_, "soon", "folder")


def _busiest(rows: list[Any]) -> tuple[int, datetime]:
    """Returns the most different records within an hour, and when that hour ended."""
    first, seen = 0, defaultdict[str, int](int)
    best, at = 0, rows[0].at
    for row in rows:
        seen[row.patient_id] += 1
        while row.at - rows[first].at > _HOUR:
            gone = rows[first].patient_id
            seen[gone] -= 1
            if not seen[gone]:
                del seen[gone]
            first += 1
        if len(seen) > best:
            best, at = len(seen), row.at
    return best, at


def _close_to_home(db: Session, rows: list[Any]) -> Iterable[_Found]:
    """Finds looks at the record of somebody of the same name or mail, or whom they help."""
    last = {(row.actor_id, row.patient_id): row for row in rows}
    people = _by_id(db, User, {user_id for user_id, _whose in last})
    whose = _by_id(db, Patient, {patient_id for _user, patient_id in last})
    helped = _helped(db, set(people))
    for (user_id, patient_id), row in last.items():
        user, patient = people.get(user_id), whose.get(patient_id)
        if user is None or patient is None:
            continue
        what, said = _nearness(user, patient, is_helped=(user_id, patient_id) in helped)
        if what:
            yield _Found(row.at, row.actor_name, what, said.format(name=patient.name), "", "family")


def _nearness(user: Any, patient: Any, *, is_helped: bool) -> tuple[str, str]:
    family = patients.fold(user.name.split()[-1]) if user.name.split() else ""
    if patients.fold(user.name) == patients.fold(patient.name) or _shared(user, patient):
        return _("Own or family’s record"), _(
            "{name} has the same name, e-mail or phone: it may be their own or their family’s."
        )
    if is_helped:
        return _("Family’s record"), _("Helps {name} in the portal, and looked as staff.")
    if family and family == (patient.family_key or patients.fold(patient.family)):
        return _("Same surname"), _("{name} has the same surname: it may be family, or chance.")
    return "", ""


def _shared(user: Any, patient: Any) -> bool:
    mail = bool(user.email) and user.email.casefold() == patient.email.casefold()
    digits = [_digits(one.phone) for one in (user, patient)]
    return mail or (bool(digits[0]) and digits[0] == digits[1])


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())[-10:]


def _by_id(db: Session, table: Any, ids: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(table.__table__).where(col(table.id).in_(wanted[start : start + _AT_ONCE]))
        found |= {row.id: row for row in db.connection().execute(query)}
    return found


def _helped(db: Session, user_ids: set[str]) -> set[tuple[str, str]]:
    query = select(col(RelatedPerson.user_id), col(RelatedPerson.patient_id)).where(
        col(RelatedPerson.user_id).in_(sorted(user_ids)[:_AT_ONCE])
    )
    rows = db.connection().execute(query)
    return {(row.user_id or "", row.patient_id) for row in rows}


def _out_of_hours(db: Session, rows: list[Any]) -> Iterable[_Found]:
    """Finds, by person and day, looks while the clinic was closed; nothing where none are known."""
    hours = db.connection().execute(
        select(col(Organization.hours)).where(col(Organization.is_clinic).is_(True))
    )
    text = hours.scalar() or ""
    if not clinic_hours.are_known(text):
        return
    late: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for row in rows:
        if not clinic_hours.open_now(text, row.at):
            late[row.actor_id, local(row.at).date()].append(row)
    for looked in late.values():
        count = len({row.patient_id for row in looked})
        said = _n(
            "Looked at {count} record while the clinic was closed.",
            "Looked at {count} records while the clinic was closed.",
            count,
        )
        last = looked[-1]
        yield _Found(last.at, last.actor_name, _("Out of hours"), said, "", "clock")
