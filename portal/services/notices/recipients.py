"""Recipients: who is told that there is news about a patient.

The patient's own account, and those of helpers who may open what is new, today: each is asked the
same question that their page would ask (security/access.py), so that nobody hears of what they
could not find. Of what is confidential no helper is told; nor of what nobody can name any more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.people import Patient, RelatedPerson, User
from portal.security import access, helpers
from portal.security.actor import STAFF, Actor
from portal.services import agreements
from portal.services.notices import ways
from portal.services.notices.ways import Account

# Built once: building them costs more than running them, and every letter asks them.
_PATIENTS = select(col(Patient.id)).where(
    col(Patient.id).in_(bindparam("ids", expanding=True)),
    col(Patient.deceased).is_(False),
    col(Patient.merged_into_id).is_(None),
)
_HELPING = select(col(RelatedPerson.user_id), col(RelatedPerson.patient_id)).where(
    col(RelatedPerson.patient_id).in_(bindparam("ids", expanding=True)),
    col(RelatedPerson.status) == "active",
)
_COLUMNS: tuple[Any, ...] = (
    User.id,
    User.name,
    User.role,
    User.email,
    User.email_verified_at,
    User.email_bounced_at,
    User.phone,
    User.phone_verified_at,
    User.phone_refused_at,
    User.patient_id,
    User.notices_carry,
    User.language,
)
_USERS = (
    select(*(col(column) for column in _COLUMNS))
    .where(
        or_(
            col(User.patient_id).in_(bindparam("ids", expanding=True)),
            col(User.id).in_(bindparam("helping", expanding=True)),
        )
    )
    .where(col(User.disabled).is_(False), col(User.role).not_in(STAFF))
    .order_by(col(User.id))
)


@dataclass(frozen=True)
class Recipient:
    """An account to tell, by the way that it chose, at a proven address."""

    user_id: str
    address: str
    channel: str = ways.EMAIL


@dataclass(frozen=True)
class Circle:
    """The accounts around one patient: their own, and those of who helps; none of a closed one."""

    accounts: tuple[Account, ...] = ()

    def account(self, user_id: str | None) -> Account | None:
        """Returns one of them; None for somebody else."""
        return next((one for one in self.accounts if one.id == user_id), None)


def circles(db: Session, patient_ids: Collection[str]) -> dict[str, Circle]:
    """Returns the circles of patients, asked for all of them at once."""
    ids = {"ids": list(patient_ids)}
    run = db.connection().execute
    here = {row.id for row in run(_PATIENTS, ids)}
    helping = {(row.user_id, row.patient_id) for row in run(_HELPING, ids)}
    users = list(run(_USERS, ids | {"helping": [user_id for user_id, _whose in helping]}))
    user_ids = [row.id for row in users]
    agreed, chosen = agreements.who_agreed(db, user_ids), ways.chosen_by(db, user_ids)
    accounts = [
        Account(**row._mapping, agreed=row.id in agreed, ways=chosen[row.id])  # noqa: SLF001 - public
        for row in users
    ]
    return {
        whose: Circle(
            tuple(one for one in accounts if one.patient_id == whose or (one.id, whose) in helping)
        )
        if whose in here
        else Circle()
        for whose in patient_ids
    }


def recipients(
    db: Session,
    kind: str,
    *,
    patient_id: str,
    record_id: str,
    now: datetime,
    circle: Circle | None = None,
) -> list[Recipient]:
    """Returns whom to tell about a record: nobody, where nobody has a proven address.

    `circle`: the accounts around that patient, where the caller has asked for them already.
    """
    around = circle or circles(db, [patient_id])[patient_id]
    return [
        Recipient(account.id, way[1], way[0])
        for account in around.accounts
        if (way := ways.way_to(db, kind, account))
        and _may_hear(db, kind, account, patient_id, record_id, now)
    ]


def is_written_to(db: Session, kind: str, patient_id: str) -> bool:
    """Says whether anybody is told outside the portal: the patient themselves, or who helps."""
    around = circles(db, [patient_id])[patient_id]
    return any(ways.way_to(db, kind, account) for account in around.accounts)


def _may_hear(
    db: Session, kind: str, user: Account, patient_id: str, record_id: str, now: datetime
) -> bool:
    own = user.patient_id or ""
    held = frozenset[str]()
    if own != patient_id:
        found = helpers.helped_by(db, user.id, now=now).get(patient_id)
        if found is None:
            return False
        held = found.scopes
    actor = Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        own_patient_id=own,
        patient_id=patient_id,
        scopes=held,
        at=now,
    )
    try:
        return _finds(db, kind.partition(".")[0], actor, record_id)
    except NotFound:
        return False


def _finds(db: Session, about: str, actor: Actor, record_id: str) -> bool:
    """Says whether this person would find what the notice is about; raises `NotFound` if not."""
    if about == "result":
        return bool(access.result(db, actor, record_id))
    if about == "appointment":
        return bool(access.appointment(db, actor, record_id))
    if about == "waitlist":
        return bool(access.waitlist_offer(db, actor, record_id))
    if about == "prevention":
        return bool(access.preventive_rule(db, actor, record_id))
    if about == "message":
        said = access.message_to_read(db, actor, record_id)
        # Who wrote it knows.
        return said is not None and said.sender_id != actor.user_id
    return not actor.acting_for
