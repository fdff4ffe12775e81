"""Reading the access log: filtered and paged by the server, folded so that a day can be read.

What one person did with one kind of thing, with less than an hour between, is one line with a
count. Looks of the portal itself, to keep an open page true, are not people's looks and are left
out. The page begins after a row of the trace, so that new rows never shift what is on it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, func, or_, select
from sqlmodel import Session, col

from portal.errors import NotAllowed
from portal.models.appointments import Appointment
from portal.models.audit import AuditEvent
from portal.models.clinical import DiagnosticReport, Encounter
from portal.models.messages import Communication, Thread
from portal.models.people import Patient, User
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services import confidential
from portal.services.looks import words
from portal.services.looks.rows import ChoiceRow, LookRow, LooksRow
from portal.words import _, _n, clock, day, local, midnight, partial_day

LINES = 30
# Looks closer together than this are one line.
TOGETHER = timedelta(minutes=60)
_READ = 400
# Rows read for one page at most: beyond them a page ends early and says where to go on.
_READ_MOST = 4000
NAME_MAX = 60
ABOUT_HELPERS = ("help", "restrictions")


@dataclass
class _Line:
    newest: Any
    oldest: Any
    count: int = 1


def view(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    name: str = "",
    kind: str = "",
    since: date | None = None,
    until: date | None = None,
    own: bool = False,
    before: int = 0,
) -> LooksRow:
    """Returns one page of who looked at the open record; being read is itself in the trace."""
    patient = access.open_patient(db, actor)
    if not access.reads_trace(actor):
        raise NotAllowed
    scope = access.trace(actor, col(AuditEvent.patient_id))
    asked = [scope, *_asked(name, kind, since, until, now), *told(actor, patient.id, own=own)]
    lines, following = _page(db, asked, before, to_helper=bool(actor.acting_for))
    audit.record(db, actor, "R", category="access log", patient_id=patient.id, now=now)
    is_asked = bool(name or kind or since or until)
    return LooksRow(
        looks=_shown(lines, patient, actor),
        kinds=[ChoiceRow(key, said) for key, said in words.kind_words().items()],
        said=_n("{count} line", "{count} lines", len(lines)),
        nothing="" if lines else _nothing(is_asked=is_asked),
        next_before=following,
        has_before=before > 0,
        may_ask=has(actor, Permission.WRITE_MESSAGES),
        patient_name=patient.name,
        born=partial_day(patient.birth_date),
    )


def _nothing(*, is_asked: bool) -> str:
    if is_asked:
        return _("Nobody fits what you looked for. Try fewer words or a longer time.")
    return _("Nobody else has looked at this record yet. Whoever does will stand here.")


def _asked(
    name: str, kind: str, since: date | None, until: date | None, now: datetime
) -> list[Any]:
    found: list[Any] = []
    if name.strip():
        sought = name.strip().casefold()[:NAME_MAX]
        found.append(func.lower(col(AuditEvent.actor_name)).contains(sought, autoescape=True))
    if kind:
        found.append(col(AuditEvent.category).in_(words.KINDS.get(kind, ())))
    today = local(now).date()
    if since:
        found.append(col(AuditEvent.at) >= midnight(now, (since - today).days))
    if until:
        found.append(col(AuditEvent.at) < midnight(now, (until - today).days + 1))
    return found


def told(actor: Actor, patient_id: str, *, own: bool) -> list[Any]:
    """Returns what is left out: what the portal did by itself, own acts, and others' secrets."""
    rules = [
        or_(
            col(AuditEvent.outcome) == "success",
            # That somebody at the desk wanted to open the record alone concerns the patient.
            (col(AuditEvent.category) == "help") & (col(AuditEvent.outcome) == "refused"),
        ),
        ~col(AuditEvent.reason).endswith(audit.STILL_OPEN),
        col(AuditEvent.category) != "access log",
    ]
    if actor.acting_for:
        # What the patient does is theirs; and what is confidential is not even named.
        whose = select(col(User.id)).where(col(User.patient_id) == patient_id)
        rules.append(col(AuditEvent.actor_id).not_in(whose.scalar_subquery()))
        rules.append(col(AuditEvent.entity).not_in(_secret(patient_id)))
        # Nor that it was made so, or is no longer; nor what is asked and decided about helpers.
        rules.append(~col(AuditEvent.reason).endswith(confidential.MARKED))
        rules.append(col(AuditEvent.category).not_in(ABOUT_HELPERS))
    if not own:
        rules.append(col(AuditEvent.actor_id) != actor.user_id)
    return rules


def _secret(patient_id: str) -> Any:
    """Returns the names, as the trace has them, of what is confidential in a record."""
    talks = col(Thread.confidential).is_(True)
    secret_talks = select(col(Thread.id)).where(col(Thread.patient_id) == patient_id, talks)
    letters = col(Communication.thread_id).in_(secret_talks.scalar_subquery())
    reports = or_(
        col(DiagnosticReport.confidential).is_(True), col(DiagnosticReport.released_at).is_(None)
    )
    found = [
        *_names(Thread, patient_id, talks),
        *_names(Communication, patient_id, letters),
        *_names(Appointment, patient_id, col(Appointment.confidential).is_(True)),
        *_names(Encounter, patient_id, col(Encounter.confidential).is_(True)),
        *_names(DiagnosticReport, patient_id, reports),
    ]
    return found[0].union_all(*found[1:])


def _names(table: Any, patient_id: str, is_secret: Any) -> tuple[Any, Any]:
    """Returns both ways in which the trace names a record: by its id, and with its kind before."""
    mine = (col(table.patient_id) == patient_id, is_secret)
    with_kind = f"{table.__name__}/" + cast(col(table.id), Text)
    return select(col(table.id)).where(*mine), select(with_kind).where(*mine)


_COLUMNS = (
    col(AuditEvent.seq),
    col(AuditEvent.at),
    col(AuditEvent.actor_id),
    col(AuditEvent.actor_name),
    col(AuditEvent.role),
    col(AuditEvent.acting_for),
    col(AuditEvent.action),
    col(AuditEvent.category),
    col(AuditEvent.reason),
)


def _page(
    db: Session, asked: list[Any], before: int, *, to_helper: bool
) -> tuple[list[_Line], int]:
    """Returns the lines of a page and after which row the next one begins, 0 for none."""
    lines: list[_Line] = []
    open_lines: dict[Any, _Line] = {}
    read = 0
    while True:
        rows = _rows(db, asked, before)
        for row in rows:
            key = _key(row, words.why(row, to_helper=to_helper))
            line = open_lines.get(key)
            if line is not None and line.oldest.at - row.at <= TOGETHER:
                line.oldest, line.count = row, line.count + 1
            elif len(lines) == LINES:
                return lines, before
            else:
                open_lines[key] = _Line(row, row)
                lines.append(open_lines[key])
            before = row.seq
        read += len(rows)
        if len(rows) < _READ:
            return lines, 0
        if read >= _READ_MOST:
            return lines, before


def _rows(db: Session, asked: list[Any], before: int) -> list[Any]:
    query = select(*_COLUMNS).where(*asked)
    if before:
        # By the clock first, as they are shown: a clock that was set back must lose no row.
        at = select(col(AuditEvent.at)).where(col(AuditEvent.seq) == before).scalar_subquery()
        earlier = (col(AuditEvent.at) == at) & (col(AuditEvent.seq) < before)
        query = query.where((col(AuditEvent.at) < at) | earlier)
    order = (col(AuditEvent.at).desc(), col(AuditEvent.seq).desc())
    return list(db.connection().execute(query.order_by(*order).limit(_READ)))


def _key(row: Any, why: str) -> tuple[Any, ...]:
    is_special = row.category in {"export", "opening", "emergency"}
    what = row.seq if is_special else words.kind_of(row.category)
    return (row.actor_id, row.acting_for, row.action, what, why, local(row.at).date())


def _shown(lines: list[_Line], patient: Patient, actor: Actor) -> list[LookRow]:
    shown: list[LookRow] = []
    last = None
    for line in lines:
        today = local(line.newest.at).date()
        shown.append(_row(line, patient, actor, day(today) if today != last else ""))
        last = today
    return shown


def _row(line: _Line, patient: Patient, actor: Actor, opens_day: str) -> LookRow:
    row = line.newest
    tone, icon = words.tone(row.category, row.reason)
    is_you = row.actor_id == actor.user_id
    return LookRow(
        id=row.seq,
        opens_day=opens_day,
        at=_times(line),
        who=_("You") if is_you else row.actor_name,
        role="" if is_you else words.role(row.role),
        acting=_("for {name}").format(name=patient.name) if row.acting_for else "",
        did=words.did(row.action, row.category),
        why=words.why(row, to_helper=bool(actor.acting_for)),
        times=_n("{count} time", "{count} times", line.count) if line.count > 1 else "",
        tone=tone,
        icon=icon,
    )


def _times(line: _Line) -> str:
    first, last = clock(line.oldest.at), clock(line.newest.at)
    return last if first == last else _("{first} to {last}").format(first=first, last=last)
