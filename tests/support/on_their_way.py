"""Links on their way to people, and what waits at the desk: made through the services.

Without them the pages behind a link, and the queues, are seen in their refused or empty state.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlmodel import Session, col, select

from portal.database import Database
from portal.models.appointments import Appointment
from portal.models.audit import OutboxNotice
from portal.models.people import Patient, User
from portal.security import mailed_links
from portal.security.actor import Actor
from portal.services import (
    accounts,
    family,
    forgotten,
    invitations,
    notices,
    registrations,
    restrictions,
    signing_in,
    ways_back,
)

NOBODY = Actor(user_id="", name="", role="nobody", source="::1")
TYPED = {
    "given": "Lena",
    "family": "Silva-Moor",
    "birth_date": "1990-04-05",
    "phone": "(406) 555-0161",
    "note": "My married name is new; the old one was Silva.",
}


def links(base: Database) -> dict[str, str]:
    """Sends one link of each kind and fills the queues; returns the addresses by their route."""
    with base.transaction() as db:
        now = datetime.now(UTC)
        for name in ("mina", "rosa"):
            _prove(db, name, now)
        made = {
            "/activate/{link}": _invited(db, now),
            "/helping/[token]": _lent(db, now),
            "/back/[token]": _way_back(db, now),
            "/reset/[token]": _forgotten(db, now),
            "/reminder/{link}": _reminded(db, now),
            "/no-news/{link}": _no_news(db, now),
        }
        _queues(db, now)
        return made


def _user(db: Session, name: str) -> User:
    return db.exec(select(User).where(col(User.sign_in_name) == name)).one()


def _actor(db: Session, name: str, now: datetime) -> Actor:
    return replace(signing_in.as_actor(_user(db, name), "::1"), at=now, confirmed_at=now)


def _prove(db: Session, name: str, now: datetime) -> None:
    user = _user(db, name)
    user.email, user.email_verified_at = f"{name}@example.org", now
    db.add(user)
    db.flush()


def _mailed(db: Session, kind: str) -> str:
    """Returns the address in the newest mail of a kind, without the portal's own."""
    query = select(OutboxNotice).where(col(OutboxNotice.kind) == kind)
    newest = db.exec(query.order_by(col(OutboxNotice.created_at).desc())).first()
    assert newest, kind
    bare, token = notices.given_of(db, newest)["link"].rsplit("/", 2)[1:]
    return f"/{bare}/{token}"


def _reminded(db: Session, now: datetime) -> str:
    marta = _user(db, "marta")
    coming = select(Appointment).where(
        col(Appointment.patient_id) == marta.patient_id,
        col(Appointment.status) == "booked",
        col(Appointment.starts_at) > now,
    )
    visit = db.exec(coming.order_by(col(Appointment.starts_at))).first()
    assert visit
    token = mailed_links.to_visit(
        db,
        marta.id,
        patient_id=visit.patient_id,
        appointment_id=visit.id,
        about_at=visit.starts_at,
        now=now,
    )
    return f"/reminder/{token}"


def _no_news(db: Session, now: datetime) -> str:
    return f"/no-news/{mailed_links.to_end_news(db, _user(db, 'marta').id, now=now)}"


def _invited(db: Session, now: datetime) -> str:
    have = select(User.patient_id).where(col(User.patient_id).is_not(None))
    grown = col(Patient.born_on) < date(1990, 1, 1)
    living = col(Patient.deceased).is_(False) & col(Patient.merged_into_id).is_(None)
    query = select(Patient).where(col(Patient.id).not_in(have), grown, living)
    patient = db.exec(query.order_by(col(Patient.name))).first()
    assert patient
    kim = _actor(db, "kim", now)
    issued = invitations.invite(
        db, kim, patient_id=patient.id, by="letter", proof="known-in-person", now=now
    )
    return f"/activate/{issued.secret}"


def _lent(db: Session, now: datetime) -> str:
    wanted = family.Wanted(
        "Beatriz Silva", "beatriz@example.org", scopes=frozenset({"appointments:act"})
    )
    family.lend(db, _actor(db, "marta", now), wanted=wanted, now=now)
    return _mailed(db, "help.invitation")


def _way_back(db: Session, now: datetime) -> str:
    """Mina's way back holds, and its link is on its way; Rosa's waits for a second person."""
    kim, ruth = _actor(db, "kim", now), _actor(db, "ruth", now)
    for name in ("mina", "rosa"):
        patient_id = _user(db, name).patient_id or ""
        ways_back.begin(
            db, kim, proof="photo-id", drops_factors=True, patient_id=patient_id, now=now
        )
    waiting = {one.name: one for one in ways_back.waiting(db, ruth, now=now)}
    mina = waiting[_user(db, "mina").name]
    ways_back.approve(db, ruth, way_back_id=mina.id, now=now)
    return _mailed(db, "way-back.ready")


def _forgotten(db: Session, now: datetime) -> str:
    """Makes the link itself: an account of the demo gets its mail in demo mode alone."""
    secret = accounts.make_link(
        db, _user(db, "rosa").id, purpose=forgotten.PURPOSE, sent_to="rosa@example.org", now=now
    )
    return f"/reset/{secret}"


def _queues(db: Session, now: datetime) -> None:
    typed = registrations.read(TYPED, now=now)
    registrations.begin(db, NOBODY, typed=typed, now=now)
    what = "Please do not let my former husband’s sister, who works here, open my record."
    restrictions.ask(db, _actor(db, "marta", now), what=what, now=now)
