"""Asking for an account: what was typed is kept, and a code goes to the address that was typed.

No patient is looked up here. So the answer, the mail and the time that it takes cannot tell
whether the clinic knows anybody (SECURITY AUTHN-08); that is asked after the code has proved the
address (registrations/confirming).
"""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid, NotAllowed, TooMany
from portal.models.base import new_id
from portal.models.requests import Registration
from portal.security import audit, policies, short_codes, signins, throttle
from portal.security.actor import Actor
from portal.services import notices
from portal.words import _, local

PURPOSE = "registration"
# So long the applicant's browser may go on with it; each code lives for ten minutes.
LIFE = timedelta(hours=1)
KEPT = timedelta(days=30)
DAY = timedelta(days=1)
# A family behind one connection registers in an evening; a flood does not.
MOST_FROM_NETWORK = 20
MOST_IN_ALL = 500
# Codes to one address: whoever is written to did not ask for it, perhaps.
MOST_TO_ADDRESS = 6
OLDEST = date(1890, 1, 1)
_EMAIL = re.compile(r"[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]{1,180}\.[^\s@<>,;:\".]{2,60}")
_PHONE_LEAST = 7
# The lines of the form, each with its longest; and the order in which they stand there.
_LINES = {"given": 200, "family": 200, "email": 254, "phone": 60, "record_number": 60}
_FIELDS = ("given", "family", "birth_date", "email", "phone", "record_number")


class CheckAgain(Invalid):
    """Something that is needed is missing, or cannot be so."""

    sentence = _("Check your name, your birth date and your e-mail address, and try again.")

    def __init__(self, *fields: str) -> None:
        """`fields` are the names of those that cannot be so."""
        super().__init__()
        self.fields = fields


class NotOffered(NotAllowed):
    """The clinic makes accounts at the front desk alone."""

    sentence = _("This clinic makes accounts at the front desk. Call us, or come by.")


@dataclass(frozen=True)
class Typed:
    """What an applicant typed."""

    given: str
    family: str
    birth_date: date
    email: str = ""
    phone: str = ""
    record_number: str = ""
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """A request that was taken: the secret for the applicant's browser; whether a code was sent.

    Without an e-mail address nothing can be sent: then the front desk calls.
    """

    secret: str
    by_mail: bool


def read(form: Mapping[str, str], *, now: datetime) -> Typed:
    """Returns what was typed, checked for its shape alone; raises `CheckAgain` with all faults."""
    lines = {name: _line(form.get(name, ""), most) for name, most in _LINES.items()}
    born = _birth_date(form.get("birth_date", ""), local(now).date())
    faults = {name for name, said in lines.items() if said is None}
    faults |= {name for name in ("given", "family") if not lines[name]}
    email, phone = lines["email"] or "", lines["phone"] or ""
    if email and not _EMAIL.fullmatch(email):
        faults.add("email")
    if phone and sum(sign.isdigit() for sign in phone) < _PHONE_LEAST:
        faults.add("phone")
    if not (email or phone) and not faults & {"email", "phone"}:
        faults.add("email")
    if born is None or faults:
        wrong = faults | ({"birth_date"} if born is None else set())
        raise CheckAgain(*(name for name in _FIELDS if name in wrong))
    said = {name: line or "" for name, line in lines.items()}
    return Typed(birth_date=born, note=_text(form.get("note", ""), 1000), **said)


def begin(db: Session, actor: Actor, *, typed: Typed, now: datetime) -> Asked:
    """Takes a request and sends the code that proves the address: the same for everybody."""
    if not policies.current(db).self_registration:
        raise NotOffered
    _within_limits(db, actor.source, now)
    secret = secrets.token_urlsafe(signins.SECRET_BYTES)
    row = Registration(
        id=new_id(),
        digest=signins.digest_of(secret),
        status="code-sent" if typed.email else "waiting",
        given=typed.given,
        family=typed.family,
        birth_date=typed.birth_date.isoformat(),
        email=typed.email,
        phone=typed.phone,
        record_number=typed.record_number,
        note=typed.note,
        created_at=now,
        source=actor.source,
    )
    db.add(row)
    db.flush()
    if typed.email:
        _send_code(db, row, now)
    else:
        live.tell(db, "people", [live.STAFF])
    audit.record(db, actor, "C", category="registration", entity=f"Registration/{row.id}", now=now)
    return Asked(secret, by_mail=bool(typed.email))


def again(db: Session, actor: Actor, *, digest: str, now: datetime) -> None:
    """Sends another code to the same address; raises `TooMany` where one was sent just now."""
    row = open_one(db, digest, now)
    if row is not None:
        _send_code(db, row, now)
        audit.record(
            db, actor, "U", category="registration", entity=f"Registration/{row.id}", now=now
        )


def open_one(db: Session, digest: str, now: datetime) -> Registration | None:
    """Returns the request that a browser may go on with."""
    query = select(Registration).where(
        col(Registration.digest) == digest,
        col(Registration.digest) != "",
        col(Registration.status) == "code-sent",
        col(Registration.created_at) > now - LIFE,
    )
    return db.scalars(query).first()


def tidy(db: Session, actor: Actor, *, now: datetime) -> int:
    """Ends what nobody went on with, and forgets what has been over for a month."""
    del actor
    left = (col(Registration.status) == "code-sent") & (col(Registration.created_at) < now - LIFE)
    db.connection().execute(update(Registration).where(left).values(status="expired", digest=""))
    over = col(Registration.status).in_(("expired", "rejected", "activated"))
    old = over & (col(Registration.created_at) < now - KEPT)
    return db.connection().execute(delete(Registration).where(old)).rowcount


def _within_limits(db: Session, source: str, now: datetime) -> None:
    for kind, value, most in (
        ("register-from", source, MOST_FROM_NETWORK),
        ("register-all", "", MOST_IN_ALL),
    ):
        if not throttle.spend(db, kind, value, most=most, window=DAY, now=now):
            raise TooMany


def _send_code(db: Session, row: Registration, now: datetime) -> None:
    """Sends a code, unless this address got enough of them today: then nothing says so."""
    to = row.email.casefold()
    if not throttle.spend(db, "register-to", to, most=MOST_TO_ADDRESS, window=DAY, now=now):
        return
    code = short_codes.make(db, subject_id=row.id, purpose=PURPOSE, now=now)
    notices.mail(
        db,
        "registration.code",
        address=row.email,
        key=f"{row.id}:{new_id()}",
        given={"code": code},
        useful_for=short_codes.LIFE,
        now=now,
    )


def _line(text: str, most: int) -> str | None:
    said = " ".join(unicodedata.normalize("NFC", text).split())
    return said if len(said) <= most and said.isprintable() else None


def _text(text: str, most: int) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()[:most]


def _birth_date(text: str, today: date) -> date | None:
    try:
        born = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return born if OLDEST <= born <= today else None
