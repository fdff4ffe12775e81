"""One row per reading: what every handler and route leaves in the trace, whoever asks.

Made from the registries and held against traces.txt: a handler or a route without a line fails. A
line with another number of readings of the patient than one says why (AUD-01, AUD-02, WORKFLOWS 2
rank 7).
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from portal.models.audit import AuditEvent
from portal.models.people import Patient
from portal.security import audit
from portal.services import invitations
from portal.services.looks import words
from tests.attacks.conftest import PACE
from tests.attacks.test_handlers import DOORS, answers
from tests.attacks.test_matrix import BY_NAME, ROUTES, ROWS
from tests.support import matrix, matrix_record
from tests.support.attacked import TRAP, Attacked
from tests.support.matrix import Row, Subject
from tests.support.matrix_record import Record
from tests.support.sockets import RawSocket
from tests.support.source import ROOT

LIST = ROOT / "tests" / "attacks" / "traces.txt"
SWIFT = PACE | {"sockets.BURST": 1_000_000, "sockets.JOIN_WITHIN_S": 60.0}
# Staff first: what they look at stands in the log that the patient is shown.
WHO = {
    "alice": Subject("herself", "alice", matrix.OWN, role="patient"),
    "bob": Subject("her helper", "bob", held=matrix.EVERYTHING, role="helper"),
    "dana": Subject("her doctor", "dana", matrix.CLINIC, role="practitioner"),
    "erin": Subject("a doctor", "erin", role="practitioner"),
    "max": Subject("the manager", "max", role="manager"),
    "ada": Subject("the administrator", "ada", role="administrator"),
}


@dataclass(frozen=True)
class Line:
    """What one handler or route leaves: `rows` as "R:results", "R:people-" without a patient."""

    name: str
    method: str
    who: tuple[str, ...]
    rows: tuple[str, ...]
    given: tuple[tuple[str, str], ...]
    # Which of Alice's records is asked for, where there are several of a kind.
    at: int
    why: str

    def __str__(self) -> str:
        """Reads well in a report."""
        return f"{self.method} {self.name}".strip()

    @property
    def is_one_reading(self) -> bool:
        """Whether it leaves one reading of the patient, beside what was done."""
        read = [row for row in self.rows if row[0] == "R"]
        return len(read) == 1 and not read[0].endswith("-")

    @property
    def is_shown_again(self) -> bool:
        """Whether the page shows itself again after the act, as a change would make it do."""
        return self.why.startswith("shown again")


def _line(words: list[str], who: tuple[str, ...], why: str) -> Line:
    method = words.pop(0) if words[0] in {"GET", "POST"} else ""
    name = words.pop(0)
    rows = tuple(word.replace("_", " ") for word in words if word[1:2] == ":")
    given = tuple(
        (word.partition("=")[0], word.partition("=")[2].replace("_", " "))
        for word in words
        if "=" in word
    )
    at = next((int(word[1:]) for word in words if word[0] == "~"), 0)
    return Line(name, method, who, rows, given, at, why)


def lines() -> list[Line]:
    """Returns the lines of the file: `= alice bob` holds for what stands below it."""
    found: list[Line] = []
    who: tuple[str, ...] = ()
    for text in LIST.read_text("utf8").splitlines():
        said, _, why = text.partition("#")
        words = said.split()
        if words[:1] == ["="]:
            who = tuple(words[1:])
        elif words:
            found.append(_line(words, who, why.strip()))
    return found


LINES = lines()


@pytest.fixture(scope="module")
def portal(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Returns a portal whose trace nobody else writes into."""
    folder = tmp_path_factory.mktemp("traces")
    own = Attacked(folder / "data", folder / "log", pace=SWIFT)
    own.fill(empty_file)
    try:
        own.begin()
        yield own
    finally:
        own.close()


@pytest.fixture(scope="module")
def record(portal: Attacked) -> Record:
    """Returns Alice's marked record."""
    return matrix_record.write_record(portal)


def test_every_handler_has_its_line_and_every_line_a_handler() -> None:
    named = [line.name for line in LINES if not line.method]
    assert {str(door) for door in DOORS} == set(named), "add it to tests/attacks/traces.txt"


def test_every_route_has_its_line_and_every_line_a_route() -> None:
    named = {(line.method, line.name) for line in LINES if line.method}
    assert named == {(row.method, row.name) for row in ROUTES}, "see tests/attacks/traces.txt"


def test_whatever_is_not_one_reading_says_why() -> None:
    silent = [str(line) for line in LINES if not line.is_one_reading and not line.why]
    assert not silent, "say behind a # why it is none, or more than one"


def test_the_access_log_has_words_for_whatever_stands_in_it() -> None:
    """A kind without words would be shown to the patient as it stands in the code."""
    kinds = {
        row.partition(":")[2].rstrip("!")
        for line in LINES
        for row in line.rows
        if not row.endswith("-")
    }
    named = {name for names in words.KINDS.values() for name in names} | {"access log"}
    assert not {kind for kind in kinds - named if kind in words.did("R", kind)}


def test_nobody_is_asked_whom_the_policy_does_not_admit() -> None:
    wrong = [
        (str(line), who)
        for line in LINES
        if not line.method
        for who in line.who
        if not BY_NAME[line.name].policy.admits(WHO[who].role)
    ]
    assert not wrong


def end_of(portal: Attacked) -> int:
    """Returns the number of the newest row of the trace."""
    assert portal.base
    with portal.base.reading() as db:
        return db.connection().execute(select(func.max(col(AuditEvent.seq)))).scalar() or 0


def rows_since(portal: Attacked, seq: int, *, by_itself: bool) -> list[AuditEvent]:
    """Returns what was added: the person's acts, or where a page refreshes itself its own looks."""
    assert portal.base
    with portal.base.reading() as db:
        query = select(AuditEvent).where(col(AuditEvent.seq) > seq).order_by(col(AuditEvent.seq))
        found = db.scalars(query).all()
        return [row for row in found if row.reason.endswith(audit.STILL_OPEN) == by_itself]


def said(row: AuditEvent) -> str:
    """Returns a row as the list writes it."""
    refused = "" if row.outcome == "success" else "!"
    return f"{row.action}:{row.category}{refused}{'' if row.patient_id else '-'}"


def payload_of(line: Line, row: Row, record: Record) -> tuple[str, dict[str, Any]]:
    """Returns where and with what a handler is called: as in the matrix, but for what is given."""
    asked = list(matrix.calls(row, record))
    address, payload = asked[line.at % len(asked)]
    for name, value in line.given:
        outer, _, inner = name.partition(".")
        filled: Any = record.fill(value[1:], line.at) if value[:1] == "@" else value
        if inner:
            payload.setdefault(outer, {})[inner] = filled
        else:
            payload[outer] = int(filled) if filled.isdecimal() else filled
    return address, payload


async def one(
    socket: RawSocket,
    portal: Attacked,
    line: Line,
    record: Record,
    opened: dict[str, tuple[str, str]],
) -> tuple[list[AuditEvent], str]:
    """Opens the page of a handler, calls it; returns its rows and all that came."""
    door, row = BY_NAME[line.name], ROWS[line.name][0]
    address, payload = payload_of(line, row, record)
    socket.path, _, query = address.partition("?")
    last = socket.path.rpartition("/")[2]
    socket.query = {"id": last, "token": last} | dict(parse_qsl(query))
    state, _, handler = line.name.rpartition(".")
    opens = BY_NAME.get(f"{state}.open")
    # A page that was only read stays as it is for the next handler of it.
    if opens and opens != door and opened.get(socket.token) != (state, address):
        await answers(socket, opens, {})
    opened[socket.token] = (state, address)
    await socket.event(f"{TRAP}.left_alone")
    end = end_of(portal)
    came = "".join(await answers(socket, door, payload))
    if any(row[0] != "R" for row in line.rows):
        # An act may lead on to another handler, which runs behind what was sent meanwhile.
        came += "".join(await answers(socket, BY_NAME["texts.open"], {}))
    return rows_since(portal, end, by_itself=handler == "refresh"), came


def wrong_in(portal: Attacked, who: str, line: Line, rows: list[AuditEvent], came: str) -> str:
    """Returns what is wrong with the rows of one call; empty where nothing is."""
    found = tuple(said(row) for row in rows)
    if found != line.rows:
        told = re.findall(r'"problem_rx_state_": ?"([^"]+)"', came)
        return f"{line} as {who} left {found}, not {line.rows} {told}"
    is_read = any(row.action == "R" for row in rows) or line.is_shown_again
    if matrix.marks(came) and not is_read:
        return f"{line} as {who} showed {matrix.marks(came)} and left no reading"
    cast = portal.people
    alice, user = cast.patients["alice"].id, cast.users[who]
    for row in rows:
        whom = (row.actor_id, row.actor_name, row.acting_for, row.patient_id or alice)
        if whom != (user.id, user.name, alice if who == "bob" else "", alice):
            return f"{line} as {who} left a row of {whom}"
        if not (row.category and row.source and row.sign_in and row.role == WHO[who].role):
            return f"{line} as {who} left a row that does not say whence: {row}"
    return ""


@pytest.mark.parametrize("who", WHO)
def test_each_handler_leaves_what_its_line_says(portal: Attacked, record: Record, who: str) -> None:
    """AUD-01, AUD-02: one reading, by whom, for whom, of whom, and of what kind."""
    before = matrix_record.standing(portal)
    problems: list[str] = []
    tasks: list[Any] = []
    opened: dict[str, tuple[str, str]] = {}
    for line in LINES:
        if line.method or who not in line.who:
            continue

        async def once(socket: RawSocket, line: Line = line) -> None:
            rows, came = await one(socket, portal, line, record, opened)
            problems.append(wrong_in(portal, who, line, rows, came))
            if any(row.action != "R" for row in rows):
                opened.clear()
                matrix_record.restore(portal, before)

        tasks.append(once)

    async def all_in_turn() -> None:
        async with portal.socket(matrix.enter(portal, WHO[who])) as socket:
            for task in tasks:
                await task(socket)

    asyncio.run(all_in_turn())
    assert not any(problems), "\n".join(filter(None, problems))


def invited(portal: Attacked) -> tuple[str, invitations.Issued]:
    """Returns a patient without an account, with an invitation by letter that was just made."""
    assert portal.base
    now = datetime.now(UTC)
    with portal.base.transaction() as db:
        new = Patient(name="Nell Noor", family="Noor", given="Nell", born_on=date(1970, 1, 1))
        db.add(new)
        db.flush()
        manager = portal.people.actor("max", at=now)
        return new.id, invitations.invite(
            db, manager, patient_id=new.id, by="letter", proof="known-in-person", now=now
        )


def test_each_route_leaves_what_its_line_says(portal: Attacked, record: Record) -> None:
    """AUD-01: letters, files and the switch to another record, each with its one row."""
    alice = record.fill("patient", 0)
    nell, issued = invited(portal)
    sent: dict[str, tuple[dict[str, str], str]] = {
        "/files/letters/invitation": ({"patient": nell, "secret": issued.secret}, nell),
        "/files/letters/code": ({"patient": nell, "code": issued.code}, nell),
        "/admin/access.csv": ({"patient": "Alice"}, ""),
        "/auth/open-record": ({"patient": alice}, alice),
        "/files/attachment/{file}": ({}, alice),
    }
    told = [line for line in LINES if line.method and line.rows]
    assert {line.name for line in told} == set(sent)
    for line in told:
        form, patient_id = sent[line.name]
        (who,) = line.who
        with portal.web(matrix.enter(portal, WHO[who])) as web:
            end = end_of(portal)
            address = line.name.replace("{file}", record.fill("file", 0))
            assert web.request(line.method, address, data=form).status_code in {200, 303}
        rows = rows_since(portal, end, by_itself=False)
        assert tuple(said(row) for row in rows) == line.rows, str(line)
        (row,) = rows
        assert (row.actor_id, row.patient_id) == (portal.people.users[who].id, patient_id)
        assert (row.acting_for, row.role) == (alice if who == "bob" else "", WHO[who].role)
