"""Attacks on every handler that there is, as everybody.

Made from the registry, so that a new handler is attacked without anybody thinking of it (R-31,
R-32, AUTHZ-02, AUTHZ-04, AUTHZ-08).
"""

import asyncio
import inspect
import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext

from portal import portal
from portal.models.messages import BODY_MAX
from portal.state import events
from tests.support import matrix
from tests.support.attacked import TRAP, Attacked
from tests.support.clinic import appointment, message, report, thread, value
from tests.support.sockets import PREFIX, RawSocket

ROLES = {
    "": None,
    "charlie": "patient",
    "mia": "patient",
    "bob": "helper",
    "dana": "practitioner",
    "nora": "nurse",
    "frank": "front_desk",
    "bill": "billing",
    "max": "manager",
    "ada": "administrator",
    "otto": "auditor",
}
MARK = "MARK-7f3a-ALICE"
KINDS = {"subject", "body", "plain", "visit"}
FRAMES = 26
HOSTILE: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**53 + 1,
    1e308,
    "",
    "x" * 9000,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\u202e\u0301ﷺ",
    [],
    ["a", 1, None],
    {},
    {"id": "x", "role": "administrator", "__class__": "x", "self": 1},
    [[[[[[["deep"]]]]]]],
)


@dataclass(frozen=True)
class Door:
    """One handler: its full name, its arguments, its policy."""

    name: str
    arguments: tuple[str, ...]
    policy: events.Policy

    def __str__(self) -> str:
        """Reads well in a report."""
        return self.name.rpartition("___")[2]


def doors() -> list[Door]:
    """Returns every handler of ours that a browser may reach."""
    assert portal.app
    found: list[Door] = []
    for name, registered in sorted(RegistrationContext.get().event_handlers.items()):
        policy = events.policy_of(name)
        if policy is None or "tests___" in name:
            continue
        parameters = inspect.signature(registered.handler.fn).parameters
        found.append(Door(name.removeprefix(f"{PREFIX}."), tuple(parameters)[1:], policy))
    return found


DOORS = doors()


@pytest.fixture(scope="module")
def secrets_of_alice(attacked: Attacked) -> list[str]:
    """Gives Alice a record full of marks; returns the ids of everything in it."""
    people = attacked.people
    asked = thread(people, subject=f"{MARK} subject")
    result = report(people, title=f"{MARK} report", plain=f"{MARK} plain")
    people.add(asked, result)
    more = [
        value(result, title=f"{MARK} value"),
        message(asked, body=f"{MARK} body"),
        appointment(people, title=f"{MARK} visit"),
    ]
    people.add(*more)
    return [people.patients["alice"].id, asked.id, result.id, *(one.id for one in more)]


async def answers(socket: RawSocket, door: Door, sent: dict[str, Any]) -> list[str]:
    """Sends one event and a known one after it; returns what came in between."""
    begun = len(socket.frames)
    await socket.event(door.name, **sent)
    end = secrets.token_hex(6)
    await socket.event(f"{TRAP}.echo", said=end)
    await socket.until(lambda frame: end in frame)
    return socket.frames[begun:-1]


async def in_turn(attacked: Attacked, cookie: str, tasks: list[Any], each: int = 2) -> None:
    """Does things of `each` frames on sockets that are changed before their share is used up."""
    while tasks:
        async with attacked.socket(cookie) as socket:
            for task in tasks[: FRAMES // each]:
                await task(socket)
        del tasks[: FRAMES // each]


def payloads(door: Door, turn: int) -> list[dict[str, Any]]:
    """Returns what a handler is attacked with: wrong kinds, too many, too few, too large.

    All of it by the first of those whom its policy admits (turn 0); by each of the others a
    quarter of the hostile values, another one each.
    """
    several: list[dict[str, Any]] = [
        {},
        {"self": 1},
        {"form": {}, "role": "administrator"},
        dict.fromkeys(door.arguments[:1], "x" * 40000),
    ]
    for given in HOSTILE if turn == 0 else HOSTILE[turn % 4 :: 4]:
        several.append(dict.fromkeys(door.arguments, given))
        several.append(dict.fromkeys(door.arguments, given) | {"patient_id": "x", "now": None})
    return several if door.arguments else several[:3]


@pytest.mark.parametrize("who", ROLES)
def test_no_payload_breaks_a_handler(attacked: Attacked, who: str) -> None:
    """R-31, IN-01, AUTHZ-08: no bug, no stack, no closed socket, nothing of it in the log."""
    marker = f"FUZZ{secrets.token_hex(4)}"
    before = attacked.said().count('"bug ')

    async def attack() -> None:
        cookie = attacked.sign_in(who)[0] if who else ""
        tasks = []
        for door in DOORS:
            admitted = [one for one in ROLES if door.policy.admits(ROLES[one])]
            if who not in admitted:
                continue
            for sent in payloads(door, admitted.index(who)):
                marked = {
                    name: f"{marker}{given[:9000]}" if isinstance(given, str) else given
                    for name, given in sent.items()
                }

                async def once(socket: RawSocket, door: Door = door, sent: Any = marked) -> None:
                    for frame in await answers(socket, door, sent):
                        assert "Traceback" not in frame, (door, sent)
                        assert "went wrong on our side" not in frame, (door, sent)

                tasks.append(once)
        await in_turn(attacked, cookie, tasks)

    asyncio.run(attack())
    said = attacked.said()
    assert marker not in said
    assert said.count('"bug ') == before


@pytest.mark.parametrize("who", ROLES)
def test_every_handler_refuses_those_whom_its_policy_does_not_admit(
    attacked: Attacked, who: str, secrets_of_alice: list[str]
) -> None:
    """AUTHZ-02: the matrix of handlers and roles; the answer holds nothing of anybody."""

    async def attack() -> None:
        cookie = attacked.sign_in(who)[0] if who else ""
        tasks = []
        for door in DOORS:
            if door.policy.admits(ROLES[who]):
                continue
            for wanted in secrets_of_alice[:2]:

                async def once(socket: RawSocket, door: Door = door, wanted: str = wanted) -> None:
                    sent = dict.fromkeys(door.arguments, wanted)
                    said = "".join(await answers(socket, door, sent))
                    assert MARK not in said
                    assert "Alice" not in said
                    if not who:
                        assert "_redirect" in said

                tasks.append(once)
        await in_turn(attacked, cookie, tasks)

    asyncio.run(attack())


def _told(frames: list[str], wanted: str) -> str:
    """Returns answers without what differs by itself: the id asked for, times, references."""
    import re

    said = "".join(frames).replace(wanted, "ID")
    return re.sub(r'"rx_router_[^{]*\{[^}]*\}', "", said)


@pytest.mark.parametrize("who", ["charlie"])
def test_anothers_record_is_answered_like_none(
    attacked: Attacked, who: str, secrets_of_alice: list[str]
) -> None:
    """R-32, AUTHZ-04: every handler, every argument: a foreign id and one that never was."""
    # Where neither the address nor an argument names a record, nothing foreign can be asked for.
    named = {row.name for row in matrix.rows() if row.given or "[" in row.address}

    async def attack() -> None:
        cookie, _ = attacked.sign_in(who)
        tasks = []
        for door in DOORS:
            if not door.policy.admits(ROLES[who]) or str(door) not in named:
                continue
            for foreign in secrets_of_alice:
                for wrapped in (False, True):

                    async def once(
                        socket: RawSocket,
                        door: Door = door,
                        foreign: str = foreign,
                        wrapped: bool = wrapped,  # noqa: FBT001
                    ) -> None:
                        said: list[str] = []
                        for wanted in (nobodys(), foreign, nobodys()):
                            frames = await asked_for(socket, door, wanted, wrapped=wrapped)
                            said.append(_told(frames, wanted))
                            assert MARK not in said[-1], (door, foreign)
                        assert said[1] == said[2], (door, foreign)

                    tasks.append(once)
        await in_turn(attacked, cookie, tasks, each=6)

    asyncio.run(attack())


async def asked_for(
    socket: RawSocket, door: Door, wanted: str, *, wrapped: bool = False
) -> list[str]:
    """Asks a handler for a record in every way that a page could: address, argument, form."""
    socket.path, socket.query = f"/results/{wanted}", {"id": wanted}
    given: Any = _form(wanted) if wrapped else wanted
    return await answers(socket, door, dict.fromkeys(door.arguments, given))


def test_ones_own_record_is_shown_by_the_same_questions(
    attacked: Attacked, secrets_of_alice: list[str]
) -> None:
    """The proof that the questions above would have found something."""

    async def attack() -> set[str]:
        cookie, _ = attacked.sign_in("alice")
        shown: set[str] = set()
        tasks = []
        for door in DOORS:
            if not door.policy.admits("patient"):
                continue
            for own in secrets_of_alice:

                async def once(socket: RawSocket, door: Door = door, own: str = own) -> None:
                    said = "".join(await asked_for(socket, door, own))
                    shown.update(kind for kind in KINDS if f"{MARK} {kind}" in said)

                tasks.append(once)
        await in_turn(attacked, cookie, tasks)
        return shown

    assert asyncio.run(attack()) >= KINDS


def nobodys() -> str:
    """Returns an id that never was."""
    return secrets.token_urlsafe(12)


def _form(wanted: str) -> dict[str, str]:
    names = ("thread", "thread_id", "report_id", "result_id", "patient_id", "id", "appointment_id")
    return dict.fromkeys(names, wanted) | {"body": "x", "subject": "x"}


def test_the_registry_is_not_empty() -> None:
    """A registry that cannot be read would let everything above pass."""
    assert len(DOORS) >= 4
    assert any(door.arguments for door in DOORS)
    assert BODY_MAX < 64 * 1024
