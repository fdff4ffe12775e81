"""Home: what is next, what is new, what waits for the patient, in one look."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from portal.models.appointments import STANDING, Appointment
from portal.models.clinical import MedicationRequest
from portal.models.messages import Announcement, Communication, Thread
from portal.models.people import Location, Practitioner, PractitionerRole
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission
from portal.services import frame, results
from portal.services.results import LineRow
from portal.words import (
    _,
    _n,
    clock,
    how_far,
    local,
    midnight,
    month,
    partial_day,
    short_day,
    short_month,
    weekday,
    when,
)

VISITS = 4
NEWS = 6
WAITING = 5
MEDICINES = 5
MEDICINES_READ = 60
ANNOUNCEMENTS = 3
SNIPPET = 90
LEAF_LETTERS = 5
WEEK, MONTH = 7, 30.4
WEEKS_SAID = 56
# An appointment this near waits for its confirmation.
CONFIRM_WITHIN = timedelta(days=14)
# A medicine is new, changed or ending for so long.
RECENT = timedelta(days=14)
TAKEN = ("active", "on-hold")
ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")


@dataclass(frozen=True)
class VisitRow:
    """An appointment that is coming. `state` is what its badge says."""

    id: str = ""
    version: int = 0
    status: str = ""
    title: str = ""
    starts_at: str = ""
    month: str = ""
    day: str = ""
    at: str = ""
    when: str = ""
    far: str = ""
    who: str = ""
    where: str = ""
    preparation: str = ""
    state: str = ""
    tone: str = ""
    icon: str = "clock"
    may_confirm: bool = False
    fresh: bool = False


@dataclass(frozen=True)
class NewsRow:
    """A line of Home. `key` stays the same while it is the same news; `new` is its mark."""

    key: str = ""
    kind: str = ""
    href: str = ""
    title: str = ""
    say: str = ""
    under: str = ""
    icon: str = "info"
    letters: str = ""
    tint: int = 1
    line: LineRow = field(default_factory=LineRow)
    new: str = ""
    # What stands in the mark's place once the news was read.
    read: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class MedicineRow:
    """A medicine that is being taken; `note` says what is to be known of it."""

    key: str = ""
    title: str = ""
    what: str = ""
    how: str = ""
    note: str = ""
    tone: str = ""
    icon: str = "info"
    fresh: bool = False


@dataclass(frozen=True)
class HomeRow:
    """What Home shows."""

    name: str = ""
    title: str = field(default_factory=lambda: _("Home"))
    has_record: bool = True
    said: str = ""
    visit: VisitRow = field(default_factory=VisitRow)
    later: list[VisitRow] = field(default_factory=list)
    news: list[NewsRow] = field(default_factory=list)
    more_results: str = ""
    more_messages: str = ""
    waiting: list[NewsRow] = field(default_factory=list)
    medicines: list[MedicineRow] = field(default_factory=list)
    more_medicines: str = ""
    announcements: list[NewsRow] = field(default_factory=list)


def view(db: Session, actor: Actor, *, now: datetime) -> HomeRow:
    """Returns Home of the open record; a helper with no record open sees only which they may."""
    if not actor.patient_id:
        return HomeRow(has_record=False, said=_said(now))
    patient = access.open_patient(db, actor)
    audit.record(db, actor, "R", category="home", patient_id=patient.id, now=now)
    coming = _visits(db, actor, now)
    is_next = bool(coming) and coming[0].status != "cancelled"
    reports, values = results.waiting(db, actor, limit=NEWS + 1)
    messages = _messages(db, actor, now)
    medicines = _medicines(db, actor, now)
    return HomeRow(
        name=patient.given or patient.name,
        title=_title(actor, patient.given or patient.name),
        said=_said(now),
        visit=coming[0] if is_next else VisitRow(),
        later=coming[1:] if is_next else coming,
        news=[
            *(_result_news(row, values.get(row.id, [])) for row in reports[:NEWS]),
            *messages[:NEWS],
        ],
        more_results=_("See all new results") if len(reports) > NEWS else "",
        more_messages=_("See all new messages") if len(messages) > NEWS else "",
        waiting=[*_to_confirm(coming, now), *_to_answer(db, actor, now)],
        medicines=medicines[:MEDICINES],
        more_medicines=_("See all your medicines") if len(medicines) > MEDICINES else "",
        announcements=_announcements(db, now),
    )


def _said(now: datetime) -> str:
    return _("{day}, updated {time}").format(day=_plain_day(now), time=clock(now))


def _title(actor: Actor, name: str) -> str:
    return _("{name}’s home").format(name=name) if actor.acting_for else _("Home")


def _plain_day(at: datetime) -> str:
    here = local(at)
    return f"{weekday(here)} {here.day} {month(here)}"


def _visits(db: Session, actor: Actor, now: datetime) -> list[VisitRow]:
    title = (
        select(col(PractitionerRole.title))
        .where(
            col(PractitionerRole.practitioner_id) == col(Appointment.practitioner_id),
            col(PractitionerRole.active).is_(True),
        )
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            col(Appointment.id),
            col(Appointment.version),
            col(Appointment.title),
            col(Appointment.status),
            col(Appointment.preparation),
            col(Appointment.starts_at),
            col(Appointment.confirmed_at),
            col(Practitioner.name).label("who"),
            col(Practitioner.prefix),
            title.label("role"),
            col(Location.name).label("place"),
            col(Location.address),
        )
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .outerjoin(Location, col(Location.id) == col(Appointment.location_id))
        .where(
            col(Appointment.patient_id) == actor.patient_id,
            access.whose(actor, Permission.SEE_APPOINTMENTS, col(Appointment.patient_id)),
            col(Appointment.starts_at) >= midnight(now),
            col(Appointment.ends_at) > now,
            or_(col(Appointment.status).in_(STANDING), _taken_away()),
        )
        # What the clinic cancelled is said, but is nobody's next appointment.
        .order_by(col(Appointment.status) == "cancelled", col(Appointment.starts_at))
        .limit(VISITS)
    )
    return [_visit(row, now) for row in db.connection().execute(query)]


def _taken_away() -> Any:
    return (col(Appointment.status) == "cancelled") & (col(Appointment.cancelled_by) == "clinic")


def _visit(row: Any, now: datetime) -> VisitRow:
    state, tone, icon = _state(row, now)
    is_open = row.status in {"proposed", "pending", "booked"} and row.starts_at > now
    return VisitRow(
        id=row.id,
        version=row.version,
        status=row.status,
        title=row.title,
        starts_at=row.starts_at.isoformat(),
        month=_leaf_month(row.starts_at),
        day=str(local(row.starts_at).day),
        at=f"{weekday(row.starts_at)}, {clock(row.starts_at)}",
        when=when(row.starts_at, now),
        far=_far(row.starts_at, now),
        who=_who(row),
        where=", ".join(part for part in (row.place, row.address) if part),
        preparation=row.preparation,
        state=state,
        tone=tone,
        icon=icon,
        may_confirm=is_open and row.confirmed_at is None,
    )


def _far(at: datetime, now: datetime) -> str:
    """Says how far a visit is, in days, then weeks, then months: the leaf has the day itself."""
    days = (local(at).date() - local(now).date()).days
    if days <= WEEK:
        return how_far(at, now)
    if days < WEEKS_SAID:
        return _n("In {count} week", "In {count} weeks", round(days / WEEK))
    return _n("In {count} month", "In {count} months", round(days / MONTH))


def _leaf_month(at: datetime) -> str:
    """Names a month so that it fits on a leaf: March, Nov."""
    full = month(at)
    return full if len(full) <= LEAF_LETTERS else short_month(at)


def _state(row: Any, now: datetime) -> tuple[str, str, str]:
    if row.status == "cancelled":
        return _("Cancelled by the clinic"), "warn", "x"
    if row.status in {"arrived", "checked-in"}:
        return _("You are here"), "ok", "check"
    if row.starts_at <= now:
        return _("It is your turn about now"), "info", "clock"
    if row.confirmed_at is not None:
        return _("Confirmed by you"), "ok", "check"
    if row.status in {"proposed", "pending"}:
        return _("Not yet confirmed by us"), "info", "clock"
    return "", "", "clock"


def _who(row: Any) -> str:
    if not row.who:
        return ""
    name = row.who if row.who.startswith(row.prefix) else f"{row.prefix} {row.who}"
    role = row.role[:1].lower() + row.role[1:] if row.role else ""
    return f"{name}, {role}" if role and role not in name.lower() else name


def _to_confirm(coming: list[VisitRow], now: datetime) -> list[NewsRow]:
    """Returns later visits that are near and not confirmed; the next one has its own button."""
    until = now + CONFIRM_WITHIN
    return [
        NewsRow(
            key=f"confirm:{visit.id}",
            kind="confirm",
            href=f"/appointments/{visit.id}",
            title=_("Confirm {title}").format(title=visit.title),
            under=visit.when,
            icon="calendar",
        )
        for visit in coming[1:]
        if visit.may_confirm and datetime.fromisoformat(visit.starts_at) <= until
    ]


def _result_news(row: Any, values: list[Any]) -> NewsRow:
    said = results.report_row(row, values)
    by = row.author or row.ordered_by or _("Your clinician")
    comment = _("{name} has written a comment for you").format(name=by) if row.note else ""
    state = said.state or said.under
    return NewsRow(
        key=f"result:{row.id}",
        kind="result",
        href=said.href,
        title=said.title,
        say=said.said,
        under=comment or state,
        icon="tube",
        line=said.line,
        new=_("New result"),
    )


def _messages(db: Session, actor: Actor, now: datetime) -> list[NewsRow]:
    """Returns one line for each conversation with unread messages, the newest first."""
    newest_first = (col(Communication.sent_at).desc(), col(Communication.id))
    unread = (
        select(
            col(Communication.thread_id),
            col(Communication.sender_id),
            col(Communication.sender_name),
            col(Communication.sent_at),
            func.substr(col(Communication.body), 1, SNIPPET * 2).label("body"),
            col(Thread.subject),
            func.row_number()
            .over(partition_by=col(Communication.thread_id), order_by=newest_first)
            .label("place"),
            func.count().over(partition_by=col(Communication.thread_id)).label("unread"),
        )
        .join(Thread, col(Thread.id) == col(Communication.thread_id))
        .where(frame.new_message(actor))
        .subquery()
    )
    newest = select(unread).where(unread.c.place == 1).order_by(unread.c.sent_at.desc())
    rows = db.connection().execute(newest.limit(NEWS + 1))
    return [_message_news(row, now) for row in rows]


def _message_news(row: Any, now: datetime) -> NewsRow:
    new = _n("New message", "{count} new messages", row.unread)
    return NewsRow(
        key=f"thread:{row.thread_id}",
        kind="message",
        href=f"/messages/{row.thread_id}",
        title=_("{name} wrote to you").format(name=row.sender_name),
        say=row.subject,
        under=f"“{_snippet(row.body)}”, {_at(row.sent_at, now)}",
        icon="message",
        letters=frame.initials(row.sender_name),
        tint=frame.tint(row.sender_id or row.sender_name),
        new=new,
    )


def _snippet(text: str) -> str:
    flat = " ".join(text.split())
    if len(flat) <= SNIPPET:
        return flat
    return flat[:SNIPPET].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def _at(at: datetime, now: datetime) -> str:
    """Says a moment in short: the time today, else the day."""
    return clock(at) if local(at).date() == local(now).date() else how_far(at, now).lower()


def _to_answer(db: Session, actor: Actor, now: datetime) -> list[NewsRow]:
    unread = select(col(Communication.id)).where(
        col(Communication.thread_id) == col(Thread.id), frame.new_message(actor)
    )
    query = (
        select(col(Thread.id), col(Thread.subject), col(Thread.last_at))
        .where(
            col(Thread.patient_id) == actor.patient_id,
            col(Thread.waiting_for) == "patient",
            access.threads(actor),
            # What is not read yet stands under "What is new".
            ~unread.exists(),
        )
        .order_by(col(Thread.last_at).desc(), col(Thread.id))
        .limit(WAITING)
    )
    return [
        NewsRow(
            key=f"answer:{row.id}",
            kind="answer",
            href=f"/messages/{row.id}",
            title=_("Answer: {subject}").format(subject=row.subject),
            under=_("We asked you something, {day}").format(day=_at(row.last_at, now)),
            icon="message",
        )
        for row in db.connection().execute(query)
    ]


def _medicines(db: Session, actor: Actor, now: datetime) -> list[MedicineRow]:
    """Returns medicines that are being taken; new, changed and ending ones stand first."""
    query = (
        select(
            col(MedicationRequest.id),
            col(MedicationRequest.title),
            col(MedicationRequest.plain),
            col(MedicationRequest.status),
            col(MedicationRequest.dosage),
            col(MedicationRequest.as_needed),
            col(MedicationRequest.authored_on),
            col(MedicationRequest.ends),
            col(MedicationRequest.reason),
            col(MedicationRequest.sort_at),
        )
        .where(
            col(MedicationRequest.patient_id) == actor.patient_id,
            access.entries(actor, MedicationRequest),
            col(MedicationRequest.status).in_((*TAKEN, "stopped", "completed")),
            col(MedicationRequest.intent).in_(ORDERS),
        )
        .order_by(
            col(MedicationRequest.status).not_in(TAKEN),
            col(MedicationRequest.sort_at).desc().nulls_last(),
            col(MedicationRequest.id),
        )
        .limit(MEDICINES_READ)
    )
    by_name: dict[str, list[Any]] = defaultdict(list)
    for row in db.connection().execute(query):
        by_name[row.title.casefold()].append(row)
    current = [(rows[0], rows[1:]) for rows in by_name.values() if _is_taken(rows[0], now)]
    shown = [_medicine(row, older, now) for row, older in current]
    return sorted(shown, key=lambda medicine: not medicine.note)


def _is_taken(row: Any, now: datetime) -> bool:
    ends = _date(row.ends)
    over = ends is not None and ends < local(now).date()
    return row.status in TAKEN and not over


def _medicine(row: Any, older: list[Any], now: datetime) -> MedicineRow:
    note, tone, icon = _notable(row, older, now)
    how = row.dosage or (_("When you need it") if row.as_needed else "")
    return MedicineRow(
        key=f"medicine:{row.id}",
        title=row.title,
        what=row.plain if row.plain != row.title else "",
        how=how or _("Ask us how to take it if you are not sure"),
        note=note,
        tone=tone,
        icon=icon,
    )


def _notable(row: Any, older: list[Any], now: datetime) -> tuple[str, str, str]:
    """Returns what is to be known of a medicine: on hold, ending, changed or new."""
    today = local(now).date()
    ends, begun = _date(row.ends), _date(row.authored_on)
    if row.status == "on-hold":
        return _("On hold: do not take it for now"), "warn", "warn"
    if ends is not None and ends - today <= RECENT:
        return _("Ends {day}").format(day=how_far(ends, now).lower()), "info", "clock"
    if begun is None or today - begun > RECENT or begun > today:
        return "", "", "info"
    if any(other.dosage != row.dosage for other in older):
        return _("Changed {day}").format(day=how_far(begun, now).lower()), "info", "pencil"
    return (
        ("", "", "info")
        if older
        else (_("New since {day}").format(day=short_day(begun)), "info", "plus")
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _announcements(db: Session, now: datetime) -> list[NewsRow]:
    query = (
        select(
            col(Announcement.id),
            col(Announcement.title),
            col(Announcement.body),
            col(Announcement.published_at),
        )
        .where(
            col(Announcement.published_at) <= now,
            or_(col(Announcement.ends_at).is_(None), col(Announcement.ends_at) > now),
        )
        .order_by(col(Announcement.published_at).desc(), col(Announcement.id))
        .limit(ANNOUNCEMENTS)
    )
    return [
        NewsRow(
            key=f"announcement:{row.id}",
            kind="announcement",
            title=row.title,
            under=row.body,
            icon="horn",
            read=partial_day(local(row.published_at).date().isoformat()),
        )
        for row in db.connection().execute(query)
    ]
