"""The identifier-guessing matrix: every handler and route, as every role, scope and stage.

Made from the registries and held against rows.txt: a handler without a row fails (R-32, AUTHZ-02,
AUTHZ-04, AUTHZ-05, AUTHZ-07, AUTHZ-13, MFA-07).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.routing import Route

from portal import portal as composed
from tests.attacks.conftest import PACE
from tests.attacks.test_handlers import DOORS, answers
from tests.support import matrix, matrix_record
from tests.support.attacked import Attacked
from tests.support.matrix import Row, Subject
from tests.support.matrix_record import Record
from tests.support.sockets import RawSocket

EVERYBODY = matrix.subjects()
BY_NAME = {str(door): door for door in DOORS}
ROWS: dict[str, list[Row]] = {}
ROUTES: list[Row] = []
for _row in matrix.rows():
    if _row.method:
        ROUTES.append(_row)
    else:
        ROWS.setdefault(_row.name, []).append(_row)
# So much is asked as one sign-in, on one socket.
A_SIGN_IN = 60
# One helper asks here as sixteen people.
SWIFT = PACE | {"sockets.BURST": 1_000_000, "sockets.JOIN_WITHIN_S": 60.0}


@pytest.fixture(scope="module")
def portal(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Returns a portal of the matrix's own: what it does to the cast concerns nobody else."""
    folder = tmp_path_factory.mktemp("matrix")
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


@pytest.fixture(scope="module")
def as_it_was(portal: Attacked, record: Record) -> dict[str, Any]:
    """Returns every row about Alice, before anybody acted."""
    assert record.ids
    return matrix_record.standing(portal)


@pytest.fixture(autouse=True)
def _restored(portal: Attacked, as_it_was: dict[str, Any]) -> None:
    matrix_record.restore(portal, as_it_was)


def test_every_handler_has_a_row_and_every_row_a_handler() -> None:
    assert {str(door) for door in DOORS} == set(ROWS), "add it to tests/attacks/rows.txt"
    assert len(BY_NAME) == len(DOORS), "two handlers share a name: name their states apart"


def test_every_row_names_the_arguments_of_its_handler() -> None:
    wrong = [
        name
        for name, rows in ROWS.items()
        for row in rows
        if {given.partition(".")[0] for given, _ in row.given} != set(BY_NAME[name].arguments)
    ]
    assert not wrong


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    registered = {
        (method, route.path)
        for route in composed.forms.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert registered == {(row.method, row.name) for row in ROUTES}, "see tests/attacks/rows.txt"


async def ask(
    portal: Attacked, subject: Subject, tasks: list[Callable[[RawSocket], Awaitable[None]]]
) -> None:
    """Does every task as a subject, who signs in anew now and then."""
    for first in range(0, len(tasks), A_SIGN_IN):
        async with portal.socket(matrix.enter(portal, subject)) as socket:
            for task in tasks[first : first + A_SIGN_IN]:
                await task(socket)


async def called(socket: RawSocket, row: Row, address: str, payload: dict[str, Any]) -> str:
    """Opens the page of a handler at an address, then sends its event; returns all that came."""
    door = BY_NAME[row.name]
    socket.path, _, query = address.partition("?")
    last = socket.path.rpartition("/")[2]
    socket.query = {"id": last, "token": last} | dict(parse_qsl(query))
    opens = BY_NAME.get(f"{row.name.rpartition('.')[0]}.open")
    frames = await answers(socket, opens, {}) if opens and opens != door else []
    return "".join(frames + await answers(socket, door, payload))


def _rows_for(subject: Subject) -> list[Row]:
    return [
        row
        for door in DOORS
        for row in ROWS[str(door)]
        if door.policy.admits(subject.role, subject.stage) or not door.policy.roles
    ]


ONLOOKERS = [
    one
    for one in EVERYBODY
    if not one.sees or one.held.endswith(":read") or one.user in {"ada", "otto"}
]


@pytest.mark.parametrize("subject", EVERYBODY, ids=str)
def test_nobody_gets_or_moves_what_is_not_theirs(
    portal: Attacked, record: Record, subject: Subject
) -> None:
    """AUTHZ-04, -05, -07, -08, -10, -13: whatever is asked with whichever id.

    Marks come by right alone, and who may at most read changes nothing of Alice's.
    """
    seen: set[str] = set()
    tasks: list[Callable[[RawSocket], Awaitable[None]]] = []
    for row in _rows_for(subject):
        for address, payload in matrix.calls(row, record):

            async def once(
                socket: RawSocket, row: Row = row, address: str = address, sent: Any = payload
            ) -> None:
                found = matrix.marks(await called(socket, row, address, sent))
                assert found <= subject.sees, (str(row), address, found - subject.sees)
                seen.update(found)

            tasks.append(once)
    matrix.enter(portal, subject)
    before = matrix_record.standing(portal)
    asyncio.run(ask(portal, subject, tasks))
    matrix.enter(portal, subject)
    if subject in ONLOOKERS:
        moved = matrix_record.moved(before, matrix_record.standing(portal))
        assert moved <= _may_move(portal, subject)
    # What they may see they were shown: else the test above has looked at closed doors.
    assert seen >= subject.sees & (SHOWN_TO_STAFF if subject.role in CLINICIANS else SHOWN)


# What some page shows today to whoever may see it.
SHOWN = set(matrix.AREAS) - {"draft", "device", "profile"} - matrix.AROUND
SHOWN_TO_STAFF = SHOWN - {"documents"}
CLINICIANS = {"practitioner", "nurse"}


@pytest.mark.parametrize(
    "subject",
    [one for one in EVERYBODY if one.user and (not one.sees or one.user in {"ada", "otto"})],
    ids=str,
)
def test_anothers_id_is_answered_like_one_that_never_was(
    portal: Attacked, record: Record, subject: Subject
) -> None:
    """AUTHZ-04: the same words for what is not theirs and for what is not there."""
    tasks: list[Callable[[RawSocket], Awaitable[None]]] = []
    for row in _rows_for(subject):
        if not _names_a_record(row) or (subject.user == "ada" and _names_an_account(row)):
            continue
        for address, payload in matrix.calls(row, record):

            async def once(
                socket: RawSocket, row: Row = row, address: str = address, sent: Any = payload
            ) -> None:
                none, nothing = next(matrix.calls(row, None))
                for _try in range(2):
                    said: list[str] = []
                    for where, what in ((none, nothing), (address, sent), (none, nothing)):
                        said.append(_plain(await called(socket, row, where, what), where, what))
                    # A page says at which minute it was shown: what else differs does so again.
                    if said[1] == said[2]:
                        return
                raise AssertionError((str(row), address))

            tasks.append(once)
    asyncio.run(ask(portal, subject, tasks))


def _names_a_record(row: Row) -> bool:
    return "[" in row.address or any(kind not in matrix.PLAIN for _, kind in row.given)


def _names_an_account(row: Row) -> bool:
    kinds = {kind for _, kind in row.given} | set(matrix.KINDS_IN.findall(row.address))
    return bool(kinds & {"name", "user", "sign-in"})


def _plain(said: str, address: str, payload: Any) -> str:
    """Returns an answer without what differs by itself: the ids asked for, routes, times."""
    for wanted in {address.rpartition("/")[2], *re.findall(r"[\w-]{16,}", repr(payload))}:
        said = said.replace(wanted, "ID")
    # How many rows the trace has by now, and when this was asked.
    return re.sub(r'"rx_router_[^{]*\{[^}]*\}|\d+', "", said)


# Who enters a factor or shows one, and what becomes of the half sign-in with it.
_SIGN_IN = {f"sign_in.{at}" for at in ("ended_at", "end_reason", "tries", "used_at")}
MAY_MOVE = {
    # The administrator may end sign-ins, disable and enable accounts, hers too: never more of it.
    # With them her devices are told no more.
    "ada": _SIGN_IN | {"user.disabled", "push_subscription gone"},
}
# Half in, she enters a factor or sets a first one up; hers that counts stays as it is. The matrix
# itself signs her in.
_HALF_IN = _SIGN_IN | {"sign_in added"}
HALF_IN = {
    "agree": _HALF_IN,
    "enrol": _HALF_IN | {"factor added", "factor gone", "challenge added"},
    "factor": _HALF_IN | {"challenge added", "user.factor_failures"},
}
# A helper may end their own help, nothing else of it, and nobody else's.
OWN_HELP = ("status", "reason", "ends_on")


def _may_move(portal: Attacked, subject: Subject) -> set[str]:
    own = portal.people.users[subject.user].id if subject.user else ""
    ends = {f"related_person.{at} of {own}" for at in OWN_HELP} if subject.held else set[str]()
    return MAY_MOVE.get(subject.user, set()) | HALF_IN.get(subject.stage, set()) | ends


def test_she_herself_is_shown_all_of_it(portal: Attacked, record: Record) -> None:
    """The proof that the questions above would have found something."""
    alice = Subject("herself", "alice", matrix.OWN, role="patient")
    seen: set[str] = set()
    tasks: list[Callable[[RawSocket], Awaitable[None]]] = []
    for row in _rows_for(alice):
        if not row.name.endswith((".open", ".refresh")):
            continue
        for address, payload in matrix.calls(row, record):

            async def once(
                socket: RawSocket, row: Row = row, address: str = address, sent: Any = payload
            ) -> None:
                seen.update(matrix.marks(await called(socket, row, address, sent)))

            tasks.append(once)
    asyncio.run(ask(portal, alice, tasks))
    assert seen >= matrix.OWN & SHOWN | {"draft"}
    assert "results.unreleased" not in seen


def _sent(portal: Attacked, subject: Subject, row: Row, record: Record | None) -> Iterator[str]:
    """Sends a route each of its questions, signed in anew for each; yields the answers."""
    for address, payload in matrix.calls(row, record):
        with portal.web(matrix.enter(portal, subject)) as web:
            if row.method == "POST":
                answer = web.post(address, data=payload)
            else:
                answer = web.get(address, params=payload)
        yield f"{answer.status_code} {answer.headers.get('location', '')} {answer.text}"


@pytest.mark.parametrize("subject", EVERYBODY, ids=str)
def test_no_route_gives_or_moves_what_is_not_theirs(
    portal: Attacked, record: Record, subject: Subject
) -> None:
    """AUTHZ-04, MFA-07: what plain forms and downloads answer, whoever sends them."""
    matrix.enter(portal, subject)
    before = matrix_record.standing(portal)
    for row in ROUTES:
        for said in _sent(portal, subject, row, record):
            found = matrix.marks(said)
            assert found <= subject.sees, (str(row), found - subject.sees)
    after = matrix_record.standing(portal)
    if subject in ONLOOKERS:
        # A way to a new password may be asked for by everybody; it goes to her alone.
        asked = {"one_time_link added", "one_time_link.revoked_at", "one_time_link.used_at"}
        moved = matrix_record.moved(before, after)
        assert moved <= _may_move(portal, subject) | asked
