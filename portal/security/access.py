"""Access is in the finding: the only place that decides who may know of which record.

Each function returns the record or raises `NotFound`: whoever may not know of a record learns
nothing, not even that it exists. Whoever may see it but not do *this* is refused with
`NotAllowed` by `permissions.require`. Every query here carries the actor's scope in its WHERE.
"""

from typing import Any, TypeVar

from sqlalchemy import bindparam, exists, false, inspect, or_, select, true
from sqlmodel import Session, SQLModel, col

from portal.errors import NotFound
from portal.models.appointments import Appointment
from portal.models.attachments import Attachment
from portal.models.clinical import ClinicalRecord, DiagnosticReport, Encounter, Observation
from portal.models.forms import QuestionnaireResponse
from portal.models.messages import Announcement, Communication, Thread
from portal.models.people import Patient, RelatedPerson
from portal.models.pools import ThreadNote
from portal.models.prevention import PreventiveRule
from portal.models.waitlist import WaitlistEntry, WaitlistOffer
from portal.security import care, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require, sees_area
from portal.words import midnight

# What anybody with SEE_MESSAGES may read; the others need SEE_HEALTH_MESSAGES.
ADMINISTRATIVE_TOPICS = ("appointment", "bill", "form", "technical")
HEALTH_TOPICS = ("health", "medicine")
# To the privacy officer alone: whoever has the permission of that office, and nobody treating.
PRIVACY = "privacy"
# The place of a draft that begins a conversation; every other place is the conversation’s id.
NEW = "new"
# What staff hold not for every patient of the clinic, but for those whom they treat (care.py).
OF_THE_RECORD = (Permission.SEE_CLINICAL, Permission.SEE_HEALTH_MESSAGES)

Clinical = TypeVar("Clinical", bound=ClinicalRecord)
Record = TypeVar("Record", bound=SQLModel)

# Built once: it runs with every page, and building it takes longer than running it.
_OPEN_PATIENT = select(Patient).where(col(Patient.id) == bindparam("patient_id"))


def open_patient(db: Session, actor: Actor) -> Patient:
    """Returns the patient whose record the actor has open; staff have none open."""
    if actor.is_staff or not actor.patient_id:
        raise NotFound
    if not has(actor, Permission.SEE_CONTACT):
        raise NotFound
    # The id is the whole scope here: nobody but the actor decided which record is open.
    record = db.scalars(_OPEN_PATIENT, {"patient_id": actor.patient_id}).first()
    if record is None:
        raise NotFound
    return record


def patient(db: Session, actor: Actor, patient_id: str) -> Patient:
    """Returns a patient that the actor may know of."""
    return _one(db, Patient, patient_id, whose(actor, Permission.SEE_CONTACT, col(Patient.id)))


def record(db: Session, actor: Actor, patient_id: str) -> Patient:
    """Returns a patient whose medical record the actor may open now."""
    known = patient(db, actor, patient_id)
    require(actor, Permission.SEE_CLINICAL)
    if not actor.is_staff:
        return known
    return _one(db, Patient, patient_id, whose(actor, Permission.SEE_CLINICAL, col(Patient.id)))


def opens_record(db: Session, actor: Actor, patient_id: str) -> bool:
    """Says whether the actor may open a patient's medical record now."""
    scope = whose(actor, Permission.SEE_CLINICAL, col(Patient.id))
    query = select(col(Patient.id)).where(col(Patient.id) == patient_id, scope)
    return db.connection().execute(query).first() is not None


def appointment(db: Session, actor: Actor, appointment_id: str) -> Appointment:
    """Returns an appointment that the actor may see."""
    return _one(db, Appointment, appointment_id, appointments(actor))


def waitlist_entry(db: Session, actor: Actor, entry_id: str) -> WaitlistEntry:
    """Returns an entry of the waiting list that the actor may see."""
    return _one(db, WaitlistEntry, entry_id, waitlist(actor))


def waitlist_offer(db: Session, actor: Actor, offer_id: str) -> WaitlistOffer:
    """Returns an offer to an entry that the actor may see."""
    known = select(col(WaitlistEntry.id)).where(waitlist(actor))
    return _one(db, WaitlistOffer, offer_id, col(WaitlistOffer.entry_id).in_(known))


def thread(db: Session, actor: Actor, thread_id: str) -> Thread:
    """Returns a conversation that the actor may read."""
    return _one(db, Thread, thread_id, threads(actor))


def message_to_read(db: Session, actor: Actor, message_id: str) -> Any:
    """Returns who wrote (`sender_id`) a message that the actor may read; None where not."""
    query = (
        select(col(Communication.sender_id))
        .join(Thread, col(Thread.id) == col(Communication.thread_id))
        .where(col(Communication.id) == message_id, threads(actor))
    )
    return db.connection().execute(query).first()


def attachment(db: Session, actor: Actor, attachment_id: str) -> Attachment:
    """Returns a file: of a message that the actor may read, or of their own draft."""
    return _one(db, Attachment, attachment_id, attachments(actor))


def result(db: Session, actor: Actor, report_id: str) -> DiagnosticReport:
    """Returns a report: for patients and helpers only once it has been released."""
    return _one(db, DiagnosticReport, report_id, results(actor))


def clinical(db: Session, actor: Actor, table: type[Clinical], record_id: str) -> Clinical:
    """Returns an entry of the medical record."""
    return _one(db, table, record_id, entries(actor, table))


def preventive_rule(db: Session, actor: Actor, rule_id: str) -> PreventiveRule:
    """Returns a rule of prevention that counts now, for whose record the actor has found."""
    return _one(db, PreventiveRule, rule_id, preventive_rules(actor))


def form(db: Session, actor: Actor, response_id: str) -> QuestionnaireResponse:
    """Returns a form that was asked, for who may know that it was."""
    return _one(db, QuestionnaireResponse, response_id, forms(actor))


def filled_form(db: Session, actor: Actor, response_id: str) -> QuestionnaireResponse:
    """Returns a form that was asked, for who may read what was answered."""
    return _one(db, QuestionnaireResponse, response_id, filled_forms(actor))


def help_given(db: Session, actor: Actor, help_id: str) -> RelatedPerson:
    """Returns a help that the actor gave in their own record: nobody gives in another's."""
    own = actor.own_patient_id if not actor.acting_for else ""
    scope = col(RelatedPerson.patient_id) == own if own else false()
    return _one(db, RelatedPerson, help_id, scope)


def help_held(db: Session, actor: Actor, help_id: str) -> RelatedPerson:
    """Returns a help that was given to the actor."""
    scope = col(RelatedPerson.user_id) == actor.user_id
    return _one(db, RelatedPerson, help_id, scope if actor.user_id else false())


def help_decided(db: Session, actor: Actor, help_id: str) -> RelatedPerson:
    """Returns a help that the actor may decide on, for the clinic."""
    return _one(
        db,
        RelatedPerson,
        help_id,
        true() if is_clinic(actor) and has(actor, Permission.INVITE) else false(),
    )


def is_clinic(actor: Actor) -> bool:
    """Says whether the actor works for the clinic, or is the portal itself."""
    return actor.is_staff or actor.is_system


def announcement(db: Session, actor: Actor, announcement_id: str) -> Announcement:
    """Returns an announcement to change it."""
    require(actor, Permission.PUBLISH)
    return _one(db, Announcement, announcement_id, true())


def own(db: Session, actor: Actor, table: type[Record], record_id: str) -> Record:
    """Returns something of the actor's own account: a sign-in, a trusted device, a factor.

    Nobody has a role that finds another account's here, whatever record is open.
    """
    whose_account: Any = table.user_id  # pyright: ignore[reportAttributeAccessIssue]
    scope = (whose_account == actor.user_id) if actor.user_id else false()
    return _one(db, table, record_id, scope)


def appointments(actor: Actor) -> Any:
    """Returns the condition under which an appointment may be seen."""
    scope = whose(actor, Permission.SEE_APPOINTMENTS, col(Appointment.patient_id))
    return scope & _told_to(actor, col(Appointment.confidential))


def waitlist(actor: Actor) -> Any:
    """Returns the condition under which an entry of the waiting list may be seen.

    Who waits to have a confidential visit earlier waits as confidentially.
    """
    scope = whose(actor, Permission.SEE_APPOINTMENTS, col(WaitlistEntry.patient_id))
    if not actor.acting_for:
        return scope
    secret = select(col(Appointment.id)).where(
        col(Appointment.patient_id) == actor.patient_id, col(Appointment.confidential).is_(True)
    )
    return scope & _outside(col(WaitlistEntry.appointment_id), secret)


def threads(actor: Actor) -> Any:
    """Returns the condition under which a conversation may be read."""
    scope = whose(actor, Permission.SEE_MESSAGES, col(Thread.patient_id))
    if not actor.is_staff:
        return scope & _told_to(actor, col(Thread.confidential))
    is_administrative = col(Thread.topic).in_(ADMINISTRATIVE_TOPICS)
    if has(actor, Permission.SEE_HEALTH_MESSAGES):
        about_health = whose(actor, Permission.SEE_HEALTH_MESSAGES, col(Thread.patient_id))
        treated = col(Thread.topic) != PRIVACY
        is_administrative |= treated & (about_health | _answered_today(actor))
    scope &= is_administrative
    return scope | (col(Thread.topic) == PRIVACY) if answers_privacy(actor) else scope


def attachments(actor: Actor) -> Any:
    """Returns the condition under which a file may be had: its conversation may be read.

    What has not been sent yet is its writer's alone, as long as they may read there.
    """
    read = select(col(Thread.id)).where(threads(actor))
    letters = select(col(Communication.id)).where(col(Communication.thread_id).in_(read))
    new = whose(actor, Permission.SEE_MESSAGES, col(Attachment.patient_id))
    written = col(Attachment.place).in_(read) | ((col(Attachment.place) == NEW) & new)
    own = (col(Attachment.state) == "draft") & (col(Attachment.uploader_id) == actor.user_id)
    return col(Attachment.message_id).in_(letters) | (own & written)


def forms(actor: Actor) -> Any:
    """Returns the condition under which somebody may know that a form was asked.

    They may read the conversation that asked it: a confidential one no helper.
    """
    read = select(col(Thread.id)).where(threads(actor))
    return col(QuestionnaireResponse.thread_id).in_(read)


def filled_forms(actor: Actor) -> Any:
    """Returns the condition under which the answers to a form may be read.

    They tell of health, whatever the conversation is about: staff need the record as well.
    """
    if not actor.is_staff:
        return forms(actor)
    of_record = whose(actor, Permission.SEE_CLINICAL, col(QuestionnaireResponse.patient_id))
    return forms(actor) & of_record


def answers_privacy(actor: Actor) -> bool:
    """Says whether an actor reads and answers what goes to the privacy officer, and no other."""
    return is_clinic(actor) and has(actor, Permission.ANSWER_PRIVACY)


def reads_inbox(actor: Actor) -> bool:
    """Says whether there is any conversation at all that an actor of the clinic may read."""
    return has(actor, Permission.SEE_MESSAGES) or answers_privacy(actor)


def writes_about(actor: Actor, topic: str) -> bool:
    """Says whether an actor may write in conversations about a topic."""
    if topic == PRIVACY and is_clinic(actor):
        return answers_privacy(actor)
    return has(actor, Permission.WRITE_MESSAGES) and (
        topic in {*ADMINISTRATIVE_TOPICS, PRIVACY} or has(actor, Permission.SEE_HEALTH_MESSAGES)
    )


def reads(db: Session, actor: Actor, thread_id: str) -> bool:
    """Says whether somebody may read a conversation now."""
    query = select(col(Thread.id)).where(col(Thread.id) == thread_id, threads(actor))
    return db.connection().execute(query).first() is not None


def notes(actor: Actor) -> Any:
    """Returns the condition under which internal notes beside a conversation may be read.

    By staff who may read the conversation. To everybody else, and to the portal itself when it
    makes copies for patients, there is none.
    """
    if not actor.is_staff:
        return false()
    return col(ThreadNote.thread_id).in_(select(col(Thread.id)).where(threads(actor)))


def role_writes(role: str, topic: str) -> bool:
    """Says whether somebody in a role may write in conversations about a topic at all."""
    return writes_about(Actor(user_id="", name="", role=role), topic)


def partner(db: Session, found: Thread) -> Patient:
    """Returns whose a conversation is that was found: who reads it knows the name."""
    return db.get_one(Patient, found.patient_id)


def results(actor: Actor) -> Any:
    """Returns the condition under which a report may be seen."""
    return entries(actor, DiagnosticReport)


def entries(actor: Actor, table: type[ClinicalRecord]) -> Any:
    """Returns the condition under which entries of a clinical table may be seen."""
    # The table may be under another name in a query that asks it twice.
    kind: type[ClinicalRecord] = inspect(table).mapper.class_
    if not sees_area(actor, scopes.area_of(kind)):
        return false()
    scope = whose(actor, Permission.SEE_CLINICAL, col(table.patient_id))
    if actor.is_staff or actor.is_system:
        return scope
    return scope & _shown_to_patient(actor, table) & _hangs_on_nothing_secret(actor, table, kind)


def preventive_rules(actor: Actor) -> Any:
    """Returns the condition under which somebody is shown how a rule of prevention stands.

    A helper needs each area that tells it, and never sees what is confidential.
    """
    if not has(actor, Permission.SEE_CLINICAL):
        return false()
    if not actor.acting_for:
        return col(PreventiveRule.active).is_(True)
    told = _told_to(actor, col(PreventiveRule.confidential))
    of_kind = col(PreventiveRule.kind).in_(_kinds_of_prevention(actor))
    return col(PreventiveRule.active).is_(True) & of_kind & told


def sees_prevention(actor: Actor) -> bool:
    """Says whether there is any kind of rule of prevention that the actor may be shown."""
    return has(actor, Permission.SEE_CLINICAL) and bool(_kinds_of_prevention(actor))


def _kinds_of_prevention(actor: Actor) -> list[str]:
    return [
        kind
        for kind, areas in scopes.OF_PREVENTION.items()
        if all(sees_area(actor, area) for area in areas)
    ]


def trace(actor: Actor, column: Any) -> Any:
    """Returns the condition under which rows of the trace about a patient may be read.

    The patient reads all about their record. A helper does only where every area was lent: what was
    looked at tells what there is. For the clinic whoever may see the trace reads it.
    """
    if actor.is_staff or actor.is_system:
        return true() if has(actor, Permission.SEE_TRACE) else false()
    if not actor.patient_id or not reads_trace(actor):
        return false()
    return column == actor.patient_id


def reads_trace(actor: Actor) -> bool:
    """Says whether a patient or helper may read who looked at the open record."""
    if actor.is_staff or not actor.patient_id:
        return False
    return not actor.acting_for or all(sees_area(actor, area) for area in scopes.AREAS)


def whose(actor: Actor, permission: Permission, column: Any) -> Any:
    """Returns the condition on a patient column that keeps an actor to whom they may know."""
    if not has(actor, permission):
        return false()
    if actor.is_staff and permission in OF_THE_RECORD:
        treating = actor.role in care.CLINICAL
        return care.treats(actor, column) if treating else care.unkept(column)
    if actor.is_staff or actor.is_system:
        return true()
    return column == actor.patient_id if actor.patient_id else false()


def _answered_today(actor: Actor) -> Any:
    """A conversation in which somebody wrote today stays open to them until the day ends."""
    if actor.at is None or actor.role not in care.CLINICAL:
        return false()
    return exists().where(
        col(Communication.thread_id) == col(Thread.id),
        col(Communication.sender_id) == actor.user_id,
        col(Communication.sent_at) >= midnight(actor.at),
    )


def _shown_to_patient(actor: Actor, table: type[ClinicalRecord]) -> Any:
    released = getattr(table, "released_at", None)
    shown = col(released).is_not(None) if released is not None else true()
    return shown & _told_to(actor, col(table.confidential))


def _told_to(actor: Actor, confidential: Any) -> Any:
    """What is confidential stays between the patient and the clinic: helpers are not told."""
    return confidential.is_(False) if actor.acting_for else true()


def _hangs_on_nothing_secret(actor: Actor, table: Any, kind: type[ClinicalRecord]) -> Any:
    """What belongs to a confidential visit or result is as confidential, however it came in."""
    if not actor.acting_for:
        return true()
    told = _outside(table.encounter_id, _secret_visits(actor))
    if kind is Observation:
        told &= _outside(table.report_id, _secret_reports(actor))
        told &= _outside(table.component_of, _secret_values(actor))
        told &= _outside(table.panel_id, _secret_values(actor))
    return told


def _outside(column: Any, secret: Any) -> Any:
    return or_(column.is_(None), column.not_in(secret))


def _secret_visits(actor: Actor) -> Any:
    return _secret(actor, Encounter)


def _secret_reports(actor: Actor) -> Any:
    return _secret(actor, DiagnosticReport, DiagnosticReport.encounter_id, _secret_visits(actor))


def _secret_values(actor: Actor) -> Any:
    within = (Observation.report_id, _secret_reports(actor))
    of_visit = (Observation.encounter_id, _secret_visits(actor))
    return _secret(actor, Observation, *within, *of_visit)


def _secret(actor: Actor, table: type[ClinicalRecord], *within: Any) -> Any:
    """Returns the ids of what is confidential by itself, or within something that is."""
    pairs = zip(within[::2], within[1::2], strict=True)
    inside = [col(column).in_(secret) for column, secret in pairs]
    return select(col(table.id)).where(
        col(table.patient_id) == actor.patient_id,
        or_(col(table.confidential).is_(True), *inside),
    )


def _one(db: Session, table: type[Record], record_id: str, scope: Any) -> Record:
    key: Any = table.id  # pyright: ignore[reportAttributeAccessIssue]
    record = db.scalars(select(table).where(key == record_id, scope)).first()
    if record is None:
        raise NotFound
    return record
