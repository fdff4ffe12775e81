"""Four eyes: what one person at the desk took down or checked, a second one opens (AUTHZ-09).

Else one person could open any record to anybody, a friend's account included. Where no second
one is there a day passes, as with a way back (MFA-10): the patient is told at its beginning what
is asked for and from when it can be opened, and ends it or calls. Where nobody can be told,
no time that passes replaces the second person.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlmodel import Session, col

from portal.errors import NotAllowed
from portal.models.people import RelatedPerson, User
from portal.models.requests import HelpChange
from portal.security import policies
from portal.security.actor import Actor
from portal.words import _, when

# With these it is settled what the patient is told: who asks, with which proof, which account.
SETTLED = ("identity-verified", "account-named")


class NotAlone(NotAllowed):
    """Who took it down or checked it opens it alone at once."""

    sentence = _(
        "You took this down, checked or proposed it yourself. Ask a colleague to decide: the "
        "patient has no address at which we could tell them first."
    )


def require(db: Session, actor: Actor, help_: RelatedPerson, *, now: datetime) -> bool:
    """Says whether a second person decides; raises `NotAlone` for the first, before the day."""
    if actor.is_system or not had_a_hand(db, actor, help_.id):
        return True
    _alone(opens_at(db, help_), now)
    return False


def waited(db: Session, help_: RelatedPerson, since: datetime, *, now: datetime) -> None:
    """Raises `NotAlone` unless the patient, who was told at `since`, had the time to object."""
    can_be_told = _can_be_told(db, help_.patient_id)
    _alone(since + _time(db) if can_be_told else None, now)


def _alone(opens: datetime | None, now: datetime) -> None:
    if opens is None:
        raise NotAlone
    if now < opens:
        said = _(
            "You took this down, checked or proposed it yourself. Ask a colleague to decide, or do "
            "it from {time} on, if the patient, who was told, does not object."
        )
        raise NotAlone(said.format(time=when(opens, now)))


def had_a_hand(db: Session, actor: Actor, help_id: str) -> bool:
    """Says whether an actor of the clinic has taken a step of this help before it was opened."""
    mine = exists().where(
        col(HelpChange.related_person_id) == help_id,
        col(HelpChange.side) == "staff",
        col(HelpChange.by_id) == actor.user_id,
        col(HelpChange.to_status).in_(("applied", "identity-checked")),
    )
    return bool(db.connection().execute(select(mine)).scalar_one())


def opens_at(db: Session, help_: RelatedPerson) -> datetime | None:
    """Returns from when one person alone may open it; None where only a second one may.

    The time runs from the last step that the patient was told of, and only if they could be.
    """
    if not _can_be_told(db, help_.patient_id):
        return None
    last = (
        select(col(HelpChange.at))
        .where(
            col(HelpChange.related_person_id) == help_.id,
            col(HelpChange.reason).in_(SETTLED),
        )
        .order_by(col(HelpChange.at).desc())
        .limit(1)
    )
    settled = db.connection().execute(last).scalar_one_or_none()
    return settled + _time(db) if settled else None


def _can_be_told(db: Session, patient_id: str) -> bool:
    own = select(col(User.id)).where(
        col(User.patient_id) == patient_id,
        col(User.disabled).is_(False),
        col(User.email_verified_at).is_not(None),
    )
    return db.connection().execute(own).first() is not None


def _time(db: Session) -> timedelta:
    return timedelta(hours=policies.current(db).help_hours)
