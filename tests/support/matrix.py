"""The matrix: every handler and every route, as everybody, asked for Alice's record.

`tests/attacks/rows.txt` says how each handler and route is called: at which address, with which
kinds of ids. It is held against the registries, so that a new one without a row fails. What a
person may get is written here, apart from the portal's own tables, on purpose: both must agree.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, SQLModel, col

from portal.models.clinical import Condition, DocumentReference, MedicationRequest
from portal.models.factors import Factor
from portal.models.messages import Draft
from portal.models.people import OneTimeLink, Patient, RelatedPerson, SignIn
from portal.security import scopes, signins
from tests.support.attacked import COOKIE, Attacked
from tests.support.clinic import NOW, appointment, message, report, thread, value
from tests.support.source import ROOT

ROWS = ROOT / "tests" / "attacks" / "rows.txt"
MARK = "QZMARK"
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
)
OWN = frozenset(AREAS) - {"results.unreleased"}
CLINIC = frozenset(AREAS) - {"draft", "device"}
DESK = frozenset({"appointments", "appointments.kept", "letters", "profile"})
# What each scope of a help gives: nothing confidential, nothing of another area.
GIVEN = {
    "messages": frozenset({"messages", "letters"}),
    "results": frozenset({"results"}),
}


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

    def __str__(self) -> str:
        """Reads well in a report."""
        return self.title


def subjects() -> list[Subject]:
    """Returns everybody: nobody, strangers, each role, each scope alone, each stage."""
    roles = {
        "bill": ("billing", frozenset({"profile"})),
        "frank": ("front_desk", DESK),
        "max": ("manager", DESK),
        "ada": ("administrator", frozenset[str]()),
        "otto": ("auditor", frozenset[str]()),
        "erin": ("practitioner", DESK),
        "nora": ("nurse", DESK),
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
    stages = sorted(signins.HALFWAY)
    return found + [Subject(f"herself at {at}", "alice", stage=at, role="patient") for at in stages]


def marks(said: str) -> set[str]:
    """Returns the areas whose marks stand in an answer."""
    return {found.rstrip(".") for found in _MARKED.findall(said)}


def mark(area: str) -> str:
    """Returns the words that give an area away."""
    return f"{MARK}-{area} "


@dataclass
class Record:
    """Alice's marked record: the ids of everything in it, by kind."""

    ids: dict[str, list[str]] = field(default_factory=dict)

    def note(self, kind: str, *rows: Any) -> None:
        """Keeps the ids of rows that were added."""
        self.ids.setdefault(kind, []).extend(row.id for row in rows)

    def fill(self, kind: str, at: int) -> str:
        """Returns one of the ids of a kind."""
        return self.ids[kind][at % len(self.ids[kind])]

    def variants(self, row: "Row") -> int:
        """Returns how many calls it takes to ask for each id of each of a row's kinds once."""
        asked = {kind for _, kind in row.given} | set(KINDS_IN.findall(row.address))
        return max((len(self.ids[kind]) for kind in asked if kind in self.ids), default=1)


def write_record(portal: Attacked) -> Record:
    """Gives Alice a record in which everything bears the mark of its area."""
    cast, record = portal.people, Record()
    visits = [
        appointment(cast, title=mark("appointments"), starts_at=_soon(3)),
        appointment(cast, title=mark("appointments.kept"), starts_at=_soon(4), confidential=True),
    ]
    talks = [
        thread(cast, subject=mark("messages")),
        thread(cast, subject=mark("messages.kept"), confidential=True),
        thread(cast, subject=mark("letters"), topic="technical"),
    ]
    reports = [
        report(cast, title=mark("results"), plain=mark("results")),
        report(cast, title=mark("results.kept"), confidential=True),
        report(cast, title=mark("results.unreleased"), released_at=None),
    ]
    cast.add(*visits, *talks, *reports)
    alice = cast.patients["alice"].id
    whose: dict[str, Any] = {"patient_id": alice, "sort_at": NOW, "status": "active"}
    current: dict[str, Any] = whose | {"status": "current"}
    entries = [
        Condition(**whose, title=mark("notes")),
        Condition(**whose, title=mark("notes.kept"), confidential=True),
        MedicationRequest(**whose, title=mark("medicines"), dosage=mark("medicines")),
        DocumentReference(**current, title=mark("documents")),
    ]
    letters = [message(one, body=f"{one.subject} body") for one in talks]
    draft = Draft(
        user_id=cast.users["alice"].id,
        patient_id=cast.patients["alice"].id,
        place="new",
        body=mark("draft"),
        saved_at=NOW,
    )
    values = [value(one, title=one.title) for one in reports]
    cast.add(*entries, *letters, *values, draft)
    record.note("appointment", *visits)
    record.note("thread", *talks)
    record.note("report", *reports)
    record.note("entry", *entries)
    record.note("message", *letters)
    record.note("patient", cast.patients["alice"])
    record.note("user", cast.users["alice"])
    record.ids["name"] = [cast.users["alice"].sign_in_name]
    _write_people(portal, record)
    return record


def _write_people(portal: Attacked, record: Record) -> None:
    cast = portal.people
    assert portal.base
    with portal.base.transaction() as db:
        db.connection().execute(
            update(Patient)
            .where(col(Patient.id) == cast.patients["alice"].id)
            .values(address=mark("profile"))
        )
        _secret, sign_in = signins.start(
            db,
            cast.users["alice"],
            patient_id=cast.patients["alice"].id,
            device=mark("device"),
            address="192.0.2.1",
            now=datetime.now(UTC),
        )
        record.note("sign-in", sign_in)
        helps = db.scalars(
            select(RelatedPerson).where(col(RelatedPerson.patient_id) == cast.patients["alice"].id)
        )
        record.note("help", *helps)
        _write_keys(db, cast.users["alice"].id, record)


def _write_keys(db: Session, user_id: str, record: Record) -> None:
    """Gives Alice's account what opens it: a link and a factor."""
    now = datetime.now(UTC)
    link = OneTimeLink(
        digest="0" * 64,
        purpose="invitation",
        user_id=user_id,
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    factor = Factor(user_id=user_id, kind="totp", name=mark("device"), created_at=now)
    db.add_all([link, factor])
    db.flush()
    record.note("link", link)
    record.note("factor", factor)


def _soon(days: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


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
    return f"{COOKIE}={secret}"


# What everybody leaves by coming and looking; and where a table's own id says whose row it is.
TRACES = {"audit_event", "read_mark", "live_change", "outbox_notice", "patient_changed"}
WHOSE = {"patient": "id", "user": "id", "sign_in": "user_id"}


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
    "topics": ["results", "messages", "appointments", "people", "record"],
    "topic": "technical",
    "key": "key-of-the-matrix",
    "day": "2026-12-24",
    "version": "1",
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
    for at in range(record.variants(row) if record else 1):
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


def _id(record: Record | None, kind: str, at: int) -> str:
    return record.fill(kind, at) if record else secrets.token_urlsafe(12)


def standing(portal: Attacked) -> dict[str, list[dict[str, Any]]]:
    """Returns all rows about Alice, by table: what nobody without a right may move."""
    assert portal.base
    alice = portal.people.patients["alice"].id
    user = portal.people.users["alice"].id
    found: dict[str, list[dict[str, Any]]] = {}
    with portal.base.reading() as db:
        for name, table in SQLModel.metadata.tables.items():
            whose = WHOSE.get(name) or ("patient_id" if "patient_id" in table.c else "user_id")
            if name in TRACES or whose not in table.c:
                continue
            wanted = user if whose == "user_id" or name == "user" else alice
            rows = db.connection().execute(select(table).where(table.c[whose] == wanted))
            found[name] = sorted((dict(row) for row in rows.mappings()), key=repr)
    return found


def restore(portal: Attacked, before: dict[str, list[dict[str, Any]]]) -> None:
    """Puts every row about Alice back as it was: those who may act have acted."""
    assert portal.base
    now = standing(portal)
    with portal.base.transaction() as db:
        for name, table in SQLModel.metadata.tables.items():
            if before.get(name) == now.get(name) or name == "sign_in":
                continue
            for row in before.get(name, []):
                same = table.c["id"] == row["id"]
                db.connection().execute(table.update().where(same).values(row))
