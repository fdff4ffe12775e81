"""Coming in, in tests of services: half-open sign-ins, apps, codes in the outbox."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portal.models.agreements import PolicyValue
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import SignIn, User
from portal.security import factors, signins, totp
from portal.security.actor import Actor
from portal.services import notices, signing_in
from portal.services.signing_in import Entry
from tests.support import clinic
from tests.support.clinic import LIMITS, NOW, Clinic

ALL = signins.FULL | signins.HALFWAY
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def policy(people: Clinic, key: str, value: str) -> None:
    """Sets one of the clinic's policies."""
    with people.base.transaction() as db:
        db.merge(PolicyValue(key=key, value=value, changed_at=NOW, changed_by="Ada Abel"))


def user(db: Session, people: Clinic, name: str) -> User:
    """Returns a member of the cast in this transaction."""
    return db.get_one(User, people.users[name].id)


def prove_email(people: Clinic, name: str, address: str = "") -> None:
    """Gives somebody a proven address."""
    with people.base.transaction() as db:
        who = user(db, people, name)
        who.email, who.email_verified_at = address or f"{name}@example.org", NOW
        db.add(who)


def give_app(people: Clinic, name: str) -> bytes:
    """Gives somebody an authenticator app; returns its seed."""
    seed = totp.make_secret()
    with people.base.transaction() as db:
        made = factors.new_app(db, people.users[name].id, seed, name="", now=NOW)
        made.confirmed_at = NOW
        db.add(made)
    return seed


def code_of(seed: bytes, at: datetime = NOW) -> str:
    """Returns what an app shows at a moment."""
    return totp.code_at(seed, totp.step_at(at))


def begin(
    people: Clinic,
    name: str,
    *,
    at: datetime = NOW,
    factor: str = "password",
    device: str = BROWSER,
    address: str = "192.0.2.7",
    **more: Any,
) -> Entry:
    """Begins a sign-in with the right password, unless said otherwise."""
    with people.base.transaction() as db:
        return signing_in.begin(
            db,
            user(db, people, name),
            factor=factor,
            device=device,
            address=address,
            now=at,
            **more,
        )


def actor_at(db: Session, entry: Entry, at: datetime = NOW) -> Actor | None:
    """Returns who acts with the secret of an entry, at whatever stage."""
    digest = signins.digest_of(entry.secret)
    return signins.actor_of(db, digest, LIMITS, now=at, stages=ALL)


def act(people: Clinic, entry: Entry, use_case: Any, *, at: datetime = NOW, **given: Any) -> Any:
    """Runs a use case as whoever holds an entry; at any stage, so that the use case must judge."""
    with people.base.transaction() as db:
        actor = actor_at(db, entry, at)
        assert actor, "the sign-in has ended"
        return use_case(db, actor, now=at, **given)


def stage(people: Clinic, entry: Entry) -> str:
    """Returns the stage of a sign-in; "ended" for one that is over."""
    with people.base.reading() as db:
        digest = signins.digest_of(entry.secret)
        found = db.exec(select(SignIn).where(col(SignIn.digest) == digest)).one()
        return "ended" if found.ended_at else found.stage


def mails(people: Clinic, kind: str, name: str = "") -> list[dict[str, str]]:
    """Returns what the notices of a kind were given, in the order of their writing."""
    query = select(OutboxNotice).where(col(OutboxNotice.kind) == kind)
    if name:
        query = query.where(col(OutboxNotice.user_id) == people.users[name].id)
    with people.base.reading() as db:
        return [notices.given_of(db, row) for row in db.exec(query.order_by("created_at", "id"))]


def traced(people: Clinic, name: str, category: str) -> list[str]:
    """Returns the outcomes of somebody's acts of a kind in the trace."""
    query = select(AuditEvent).where(
        col(AuditEvent.actor_id) == people.users[name].id, col(AuditEvent.category) == category
    )
    with people.base.reading() as db:
        return [row.outcome for row in db.exec(query)]


def enter_password(people: Clinic, name: str, password: str, *, at: datetime = NOW) -> Entry | None:
    """Signs in with a password as the form does."""
    from portal.security import passwords
    from portal.services import accounts

    where = signing_in.Where(device=BROWSER, address="192.0.2.7")
    with people.base.transaction() as db:
        who = accounts.candidate(db, name, address=where.address, now=at)
    fits = passwords.matches(password, who.stored)
    with people.base.transaction() as db:
        return signing_in.enter(db, who, where, fits=fits, now=at)


PASSWORD = clinic.PASSWORD
