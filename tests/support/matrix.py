"""The matrix: every handler and every route, as everybody, asked for Alice's record.

`tests/attacks/rows.txt` says how each handler and route is called: at which address, with which
kinds of ids. It is held against the registries, so that a new one without a row fails. What a
person may get is written here, apart from the portal's own tables, on purpose: both must agree.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col

from portal.models.people import Patient, RelatedPerson, SignIn, User
from portal.models.requests import RecordOpening
from portal.security import scopes, signins
from portal.security.actor import STAFF
from tests.support.attacked import COOKIE, Attacked
from tests.support.matrix_record import MARK, Record
from tests.support.source import ROOT

ROWS = ROOT / "tests" / "attacks" / "rows.txt"
# [thread] in a page's address, {link} in a route's.
KINDS_IN = re.compile(r"[\[{]([a-z-]+)[\]}]")
_MARKED = re.compile(rf"{MARK}-([a-z.]+)")
# What stands in Alice's record, by area; `.kept` is confidential, `.unreleased` not out yet.
AREAS = (
    "appointments",
    "appointments.kept",
    "messages",
    "messages.kept",
    "letters",
    "results",
    "results.kept",
    "results.unreleased",
    "notes",
    "notes.kept",
    "medicines",
    "documents",
    "profile",
    "draft",
    "device",
    # Around the record: other helpers, requests, ways back in, the account's own addresses.
    "helps",
    "restrictions",
    "registrations",
    "ways",
    "account",
    # For who keeps insurance and balances; the patient and helpers are shown none of it yet.
    "coverage",
    # What was answered to a rule of prevention.
    "answered",
    # What was answered to forms: not for the front desk, whatever conversation asked them.
    "forms",
    # Notes among staff, beside each of her conversations: hers least of all.
    "asides",
)
OWN = frozenset(AREAS) - {"results.unreleased", "registrations", "ways", "coverage", "asides"}
AROUND = frozenset({"helps", "restrictions", "registrations", "ways", "account"})
# Who is to be called stands on the chart beside the contact, for all who see that.
CLINIC = (frozenset(AREAS) - {"draft", "device", "coverage"} - AROUND) | {"helps"}
NAMES = frozenset({"appointments", "appointments.kept", "letters", "profile", "helps", "asides"})
# Who invites patients decides on helps, on who asks for an account, and on ways back.
DESK = NAMES | {"registrations", "ways", "coverage"}
# What each scope of a help gives: nothing confidential, nothing of another area.
GIVEN = {
    "messages": frozenset({"messages", "letters", "forms"}),
    "results": frozenset({"results"}),
    # Of vaccines one learns with the medicines what was answered to them.
    "medicines": frozenset({"medicines", "answered"}),
}

EVERYTHING = " ".join(f"{area}:act" for area in scopes.AREAS)


@dataclass(frozen=True)
class Subject:
    """Somebody who asks: who, in which stage, with what of Alice's record; what may come back."""

    title: str
    user: str = ""
    sees: frozenset[str] = frozenset()
    # A helper's scopes for Alice's record, which is then open with them.
    held: str = ""
    stage: str = "full"
    role: str | None = None
    # What became of the right before they ask.
    state: str = ""

    def __str__(self) -> str:
        """Reads well in a report."""
        return self.title


def subjects() -> list[Subject]:
    """Returns everybody: nobody, strangers, each role, each scope alone, each stage."""
    roles = {
        "bill": ("billing", frozenset({"profile", "helps", "coverage"})),
        "frank": ("front_desk", DESK),
        "max": ("manager", DESK | {"restrictions", "account"}),
        "ada": ("administrator", frozenset({"account"})),
        "otto": ("auditor", frozenset({"restrictions"})),
        "erin": ("practitioner", NAMES),
        "nora": ("nurse", NAMES),
        "dana": ("practitioner", CLINIC),
    }
    found = [
        Subject("nobody"),
        Subject("a stranger", "charlie", role="patient"),
        Subject("a stranger’s helper", "mia", role="patient"),
        *(Subject(name, name, sees, role=role) for name, (role, sees) in roles.items()),
    ]
    for area in scopes.AREAS:
        given = GIVEN.get(area, frozenset({area}))
        for level in scopes.LEVELS:
            held = f"{area}:{level}"
            found.append(Subject(f"helper with {held}", "bob", given, held, role="helper"))
    found += [
        Subject("erin with a reason", "erin", CLINIC, role="practitioner", state="reason"),
        Subject("nora in an emergency", "nora", CLINIC, role="nurse", state="emergency"),
        Subject("erin after her reason", "erin", NAMES, role="practitioner", state="late"),
        Subject("dana disabled", "dana", role="practitioner", state="disabled"),
        *(
            Subject(f"a helper {state}", "bob", held=EVERYTHING, role="helper", state=state)
            for state in ("suspended", "ended", "of one who died", "of a joined record")
        ),
    ]
    stages = sorted(signins.HALFWAY)
    return found + [Subject(f"herself at {at}", "alice", stage=at, role="patient") for at in stages]


def marks(said: str) -> set[str]:
    """Returns the areas whose marks stand in an answer."""
    return {found.rstrip(".") for found in _MARKED.findall(said)}


def enter(portal: Attacked, subject: Subject) -> str:
    """Signs a subject in from behind, with what they were given of Alice's record; the cookie."""
    if not subject.user:
        return ""
    assert portal.base
    cast, now = portal.people, datetime.now(UTC)
    user = cast.users[subject.user]
    opened = cast.patients["alice"].id if subject.held else user.patient_id
    with portal.base.transaction() as db:
        if subject.held:
            theirs = col(RelatedPerson.user_id) == user.id
            lent = {"scopes": subject.held, "status": "active", "ends_on": None}
            db.connection().execute(update(RelatedPerson).where(theirs).values(**lent))
        secret, sign_in = signins.start(
            db,
            user,
            patient_id=opened,
            device="matrix",
            address="::1",
            now=now,
            stage=subject.stage,
        )
        if subject.stage == "full":
            own = col(SignIn.id) == sign_in.id
            db.connection().execute(update(SignIn).where(own).values(confirmed_at=now))
        _bring_about(db, subject.state, user.id, cast.patients["alice"].id, now)
    return f"{COOKIE}={secret}"


def _bring_about(db: Session, state: str, user_id: str, alice: str, now: datetime) -> None:
    """Lets happen what ends or widens a right, after the sign-in has begun."""
    hour = timedelta(hours=1)
    openings = {
        "reason": ("covering", False, now - hour, now + hour),
        "emergency": ("emergency", True, now - hour / 2, now + hour / 3),
        "late": ("covering", False, now - 2 * hour, now - hour),
    }
    db.connection().execute(delete(RecordOpening))
    people, theirs = col(Patient.id) == alice, col(RelatedPerson.user_id) == user_id
    own = (col(User.role).in_(STAFF)) & (col(User.id) != user_id)
    db.connection().execute(update(User).where(own).values(disabled=False))
    run: dict[str, Any] = {
        "suspended": update(RelatedPerson).where(theirs).values(status="suspended"),
        "ended": update(RelatedPerson).where(theirs).values(status="ended"),
        "of one who died": update(Patient).where(people).values(deceased=True),
        "of a joined record": update(Patient).where(people).values(merged_into_id="another"),
        "disabled": update(User).where(col(User.id) == user_id).values(disabled=True),
    }
    if state in run:
        db.connection().execute(run[state])
    if state in openings:
        reason, is_emergency, opened_at, ends_at = openings[state]
        opening = RecordOpening(
            user_id=user_id,
            patient_id=alice,
            reason=reason,
            is_emergency=is_emergency,
            opened_at=opened_at,
            ends_at=ends_at,
        )
        db.add(opening)


@dataclass(frozen=True)
class Row:
    """How one handler or route is called. `given` are pairs of a name and a kind."""

    name: str
    address: str
    given: tuple[tuple[str, str], ...] = ()
    # GET or POST for a route; empty for a handler.
    method: str = ""

    def __str__(self) -> str:
        """Reads well in a report."""
        return self.name


PLAIN: dict[str, Any] = {
    "text": "some words",
    "long-text": "Some words that are long enough to be taken for a message.",
    "number": 1,
    "yes": True,
    "topics": ["results", "messages", "appointments", "people", "record", "coverage"],
    "topic": "technical",
    "key": "key-of-the-matrix",
    "day": "2026-12-24",
    "version": "1",
    "zone": "Europe/Berlin",
    "filter": "part",
    "part": "morning",
    "nothing": "",
}


def rows() -> list[Row]:
    """Returns the rows of the file: `@ address` holds for the handlers below it."""
    found: list[Row] = []
    address = "/"
    for line in ROWS.read_text("utf8").splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] == "@":
            address = words[1]
            continue
        method = words.pop(0) if words[0] in {"GET", "POST"} else ""
        given = tuple((word.partition("=")[0], word.partition("=")[2]) for word in words[1:])
        found.append(Row(words[0], words[0] if method else address, given, method))
    return found


def calls(row: Row, record: Record | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields addresses and payloads that ask for each id of Alice's once, or for none that is."""
    for at in range(record.variants(_kinds(row)) if record else 1):
        payload: dict[str, Any] = {}
        for name, kind in row.given:
            outer, _, inner = name.partition(".")
            filled = PLAIN[kind] if kind in PLAIN else _id(record, kind, at)
            if inner:
                payload.setdefault(outer, {})[inner] = filled
            else:
                payload[outer] = filled
        address = row.address
        for kind in KINDS_IN.findall(address):
            one = _id(record, kind, at)
            address = address.replace(f"[{kind}]", one).replace(f"{{{kind}}}", one)
        yield address, payload


def _kinds(row: Row) -> set[str]:
    return {kind for _, kind in row.given} | set(KINDS_IN.findall(row.address))


def _id(record: Record | None, kind: str, at: int) -> str:
    if kind in PLAIN:
        return str(PLAIN[kind])
    return record.fill(kind, at) if record else secrets.token_urlsafe(12)
