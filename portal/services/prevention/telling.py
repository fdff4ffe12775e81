"""Telling: once for each time that something falls due, by the outbox, and not of what is settled.

The letter says only that there is something to look at. All that is found due on one day is told
in one letter. Who is told is asked when it leaves, of each account anew (services/notices).
"""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from portal.models.audit import OutboxNotice
from portal.models.people import Patient, RelatedPerson, User
from portal.models.prevention import PreventiveRule
from portal.security.actor import Actor, system
from portal.services import notices
from portal.services.prevention import facts, judging
from portal.services.prevention.facts import Standing
from portal.services.prevention.rows import is_due

KIND = "prevention.due"
# So many patients are looked at in one transaction.
AT_ONCE = 200
# It does not hurry: a mail server that is away for a weekend loses none.
USEFUL = timedelta(days=7)
_ACTOR = system("prevention")


def look(db: Session, actor: Actor, *, after: str = "", now: datetime) -> str:
    """Looks at the next patients behind an id, and notes whom to tell of what has fallen due.

    Returns the id to go on behind; empty at the end. Done twice it writes nothing twice.
    """
    known = facts.rules(db, actor)
    found = _next(db, after) if known else []
    if not found:
        return ""
    due = facts.standing(db, actor, found, known, now=now)
    told = [
        (patient_id, one.rule.id, since.toordinal())
        for patient_id, all_of_them in due.items()
        for one in all_of_them
        if (since := _since(one)) is not None
    ]
    notices.write_all(db, KIND, told, now=now, useful_for=USEFUL)
    return found[-1].id if len(found) == AT_ONCE else ""


def tell_nothing_of_before(db: Session, actor: Actor, *, now: datetime, then: datetime) -> None:
    """Notes all that is due as told at an earlier moment: the demo clinic begins in its midst."""
    after = look(db, actor, now=now)
    while after:
        after = look(db, actor, after=after, now=now)
    told = {"state": "sent", "problem": notices.PORTAL_ONLY}
    times = dict.fromkeys(("due_at", "created_at", "sent_at", "useful_until"), then)
    those = (col(OutboxNotice.kind) == KIND, col(OutboxNotice.state) == "pending")
    db.connection().execute(update(OutboxNotice).where(*those).values(**told, **times))


def _since(one: Standing) -> date | None:
    """Returns since when somebody is to be told of it; None where they are not, or not yet."""
    is_now = is_due(one) and one.verdict.state != judging.SOON_DUE
    return one.verdict.due_on if is_now else None


def _next(db: Session, after: str) -> list[Patient]:
    """Returns the next patients of whom anybody has an account."""
    own = select(col(User.patient_id)).where(
        col(User.disabled).is_(False), col(User.patient_id).is_not(None)
    )
    helped = select(col(RelatedPerson.patient_id)).where(
        col(RelatedPerson.status) == "active", col(RelatedPerson.user_id).is_not(None)
    )
    query = select(Patient).where(
        col(Patient.id) > after,
        col(Patient.active).is_(True),
        col(Patient.deceased).is_(False),
        col(Patient.merged_into_id).is_(None),
        or_(col(Patient.id).in_(own), col(Patient.id).in_(helped)),
    )
    return list(db.scalars(query.order_by(col(Patient.id)).limit(AT_ONCE)))


def is_still_due(db: Session, notice: OutboxNotice, now: datetime) -> bool:
    """Says whether what a notice tells of is still to be done, by the record as it is now.

    The one of the clinic stands for one rule and the day since when it is due. A letter to an
    account stands for whatever was due that day: while any of that is, it may go.
    """
    patient = db.get(Patient, notice.patient_id or "")
    if patient is None:
        return False
    known = [one for one in facts.rules(db, _ACTOR) if _is_told_by(db, notice, one)]
    stand = facts.standing(db, _ACTOR, [patient], known, now=now)[patient.id]
    days = {since.toordinal() for one in stand if (since := _since(one)) is not None}
    if notice.user_id:
        return bool(days)
    return notice.key == f"{KIND}:{notice.record_id}:{max(days, default=0)}:{patient.id}"


def _is_told_by(db: Session, notice: OutboxNotice, rule: PreventiveRule) -> bool:
    """Says whether a notice may be about a rule: one to a helper is of nothing confidential."""
    if not notice.user_id:
        return rule.id == notice.record_id
    user = db.get(User, notice.user_id)
    is_own = user is not None and user.patient_id == notice.patient_id
    return is_own or not rule.confidential


notices.ask_before(KIND, is_still_due)
