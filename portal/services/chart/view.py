"""Opening a chart: who it is, and what this reader may know of them."""

from datetime import datetime, timedelta
from typing import Any

from babel import Locale, UnknownLocaleError
from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.models.messages import Thread
from portal.models.people import Patient, Practitioner, RelatedPerson, User
from portal.security import access, audit, helpers
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import contact, forms, frame, inbox, messages, notices, openings, today
from portal.services.chart import clinical
from portal.services.chart.rows import ChartRow, ClinicalPart, EntryRow, RelatedRow
from portal.words import _, age, clock, language, partial_day, short_day

VISITS = 12
THREADS = 8
# How long after its end a visit still stands among those to come.
_STILL = timedelta(hours=2)


def view(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> ChartRow:
    """Returns the chart of a patient; one row in the trace, which the patient can read.

    Whom somebody does not treat, of them they see what the front desk sees, and may state a reason.
    """
    require(actor, Permission.FIND_PATIENTS)
    patient = access.patient(db, actor, patient_id)
    audit.record(db, actor, "R", category="chart", patient_id=patient.id, now=now)
    is_clinical = access.opens_record(db, actor, patient.id)
    return ChartRow(
        patient_id=patient.id,
        name=patient.name,
        letters=frame.initials(patient.name),
        tint=frame.tint(patient.id),
        born=_born(patient, now),
        record_number=patient.record_number,
        phone=patient.phone,
        email=patient.email,
        address=patient.address,
        language=_language(patient.language),
        doctor=_doctor(db, patient),
        died=_died(patient),
        helpers=_helpers(db, actor, patient, now),
        has_account=_account(db, patient),
        has_visits=has(actor, Permission.SEE_APPOINTMENTS),
        has_messages=has(actor, Permission.SEE_MESSAGES),
        is_clinical=is_clinical,
        opening=openings.row(db, actor, patient, now=now),
        may_write=has(actor, Permission.WRITE_MESSAGES),
        may_book=has(actor, Permission.BOOK_APPOINTMENTS),
        may_release=has(actor, Permission.RELEASE_RESULTS),
        visits=_visits(db, actor, patient.id, now),
        threads=_threads(db, actor, patient.id, now),
        bounced=contact.said(db, actor, patient_id=patient.id),
        mails=notices.of_patient(db, actor, patient_id=patient.id, now=now),
        forms=forms.of_patient(db, actor, patient_id=patient.id, now=now) if is_clinical else [],
        clinical=clinical.part(db, actor, patient.id, now) if is_clinical else ClinicalPart(),
    )


def _born(patient: Patient, now: datetime) -> str:
    if not patient.birth_date:
        return _("Birth date not known")
    day = partial_day(patient.birth_date)
    if patient.born_on is None or patient.deceased:
        return _("Born {day}").format(day=day)
    return _("{age}, born {day}").format(age=age(patient.born_on, now), day=day)


def _died(patient: Patient) -> str:
    if not patient.deceased:
        return ""
    if not patient.deceased_at:
        return _("Has died")
    return _("Died {day}").format(day=partial_day(patient.deceased_at))


def _language(code: str) -> str:
    try:
        said = Locale.parse(code, sep="-").get_display_name(language()) if code else ""
    except (UnknownLocaleError, ValueError):
        said = code
    return said or ""


def _doctor(db: Session, patient: Patient) -> str:
    found = db.get(Practitioner, patient.general_practitioner_id or "")
    return found.name if found else ""


def _account(db: Session, patient: Patient) -> str:
    query = select(col(User.disabled), (col(User.password_hash) != "").label("is_open")).where(
        col(User.patient_id) == patient.id
    )
    row = db.connection().execute(query).first()
    if row is None or not (row.disabled or row.is_open):
        return _("No account yet")
    return _("Disabled") if row.disabled else _("Active")


def _helpers(db: Session, actor: Actor, patient: Patient, now: datetime) -> list[RelatedRow]:
    query = (
        select(RelatedPerson)
        .where(
            col(RelatedPerson.patient_id) == patient.id,
            access.whose(actor, Permission.SEE_CONTACT, col(RelatedPerson.patient_id)),
        )
        .order_by(col(RelatedPerson.name))
        .limit(20)
    )
    return [_helper(db, patient, row, now) for row in db.scalars(query)]


def _helper(db: Session, patient: Patient, row: RelatedPerson, now: datetime) -> RelatedRow:
    opens = bool(row.user_id) and helpers.may_help(db, row.user_id or "", patient.id, now=now)
    until = _(", until {day}").format(day=short_day(row.ends_on)) if row.ends_on else ""
    said = _("May open this record") + until if opens else _("May not open this record")
    return RelatedRow(row.name, row.relationship, row.phone, said, opens)


def _visits(db: Session, actor: Actor, patient_id: str, now: datetime) -> list[EntryRow]:
    query = (
        select(
            Appointment.__table__,  # pyright: ignore[reportAttributeAccessIssue]
            col(Practitioner.name).label("who"),
        )
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .where(
            col(Appointment.patient_id) == patient_id,
            col(Appointment.status) != "entered-in-error",
            access.appointments(actor),
        )
        .order_by(col(Appointment.starts_at).desc())
        .limit(VISITS)
    )
    rows = db.connection().execute(query).all()
    ahead = [row for row in rows if row.ends_at > now - _STILL and row.status != "cancelled"]
    past = [row for row in rows if row not in ahead]
    return [_visit(row, now) for row in (*reversed(ahead), *past)]


def _visit(row: Any, now: datetime) -> EntryRow:
    is_ahead = row.ends_at > now - _STILL
    words, tone, icon = today.visit_status(row, now)
    if not is_ahead and row.status in {"booked", "arrived", "checked-in"}:
        words, tone, icon = _("Past"), "", "done"
    return EntryRow(
        id=row.id,
        at=short_day(row.starts_at),
        title=row.title,
        under=", ".join(part for part in (clock(row.starts_at), row.who) if part),
        words=words,
        tone=tone,
        icon=icon,
    )


def _threads(db: Session, actor: Actor, patient_id: str, now: datetime) -> list[EntryRow]:
    query = (
        select(Thread.__table__)  # pyright: ignore[reportAttributeAccessIssue]
        .where(col(Thread.patient_id) == patient_id, access.threads(actor))
        .order_by(col(Thread.last_at).desc())
        .limit(THREADS)
    )
    return [_thread(row, now) for row in db.connection().execute(query)]


def _thread(row: Any, now: datetime) -> EntryRow:
    waits = row.waiting_for == "clinic"
    words, tone, icon = inbox.left_of(row.due_at, now) if waits else (_("Answered"), "", "check")
    return EntryRow(
        id=row.id,
        at=short_day(row.last_at),
        title=row.subject,
        under=messages.topics()[row.topic],
        words=words or _("Waits for us"),
        tone=tone,
        icon=icon,
        href=f"/staff/messages?thread={row.id}",
    )
