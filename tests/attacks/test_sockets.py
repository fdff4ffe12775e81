"""Attacks on the socket: who may open it, what may come through it, when it ends."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from portal import live
from portal.services import administration
from tests.support.attacked import TRAP, Attacked
from tests.support.clinic import appointment
from tests.support.patience import PATIENCE_S
from tests.support.sockets import PREFIX, RawSocket

TABS_EACH, EVENTS = 30, 13
HOME = "portal___state___home____home"
VISITS = "portal___state___appointments____appointments"


def run(attack: Any) -> Any:
    """Runs one attack."""
    return asyncio.run(attack)


async def refused(socket: RawSocket) -> InvalidStatus:
    """Opens a socket that must be refused; returns the refusal."""
    with pytest.raises(InvalidStatus) as refusal:
        async with socket:
            pass
    return refusal.value


async def closed(socket: RawSocket, *, seconds: float = PATIENCE_S) -> int:
    """Waits until the server closes the socket; returns the code."""
    assert socket.connection
    async with asyncio.timeout(seconds):
        while True:
            try:
                await socket._next()
            except ConnectionClosed as end:
                return end.rcvd.code if end.rcvd else 0


async def seen(socket: RawSocket) -> str:
    """Asks whose tab this is; returns the answer."""
    await socket.event(f"{TRAP}.who")
    return await socket.until(lambda frame: "seen_rx_state_" in frame)


async def asked_again(socket: RawSocket) -> None:
    """Asks whose tab this is; on a busy machine the server may have closed it already."""
    with suppress(ConnectionClosed):
        await socket.event(f"{TRAP}.who")


async def settled(socket: RawSocket) -> int:
    """Has the tab told of no further change and reads what was on its way; returns how much came.

    A change before an attack, such as a sign-in of the same person elsewhere, shows the tab its
    owner's name again: rightly, but it may arrive after the attack began.
    """
    await socket.event(f"{TRAP}.left_alone")
    said = secrets.token_hex(8)
    await socket.event(f"{TRAP}.echo", said=said)
    await socket.until(lambda frame: said in frame)
    return len(socket.frames)


class TestOpening:
    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "null",
            "http://localhost",
            "http://localhost.evil.example",
            "http://evil-localhost:{port}",
            "https://localhost:{port}",
            "http://LOCALHOST:{port}",
            "http://localhost:{port}/",
            "http://localhost:{port}@evil.example",
            "http://127.0.0.1:{port}",
        ],
    )
    def test_is_refused_to_other_origins(self, attacked: Attacked, origin: str) -> None:
        """WS-01: exactly our own origin, nothing like it."""
        cookie, _ = attacked.sign_in("alice")
        there = origin.format(port=attacked.port)
        refusal = run(refused(attacked.socket(cookie, origin=there)))
        assert refusal.response.status_code == 403
        assert "content-security-policy" in refusal.response.headers

    def test_is_refused_without_an_origin(self, attacked: Attacked) -> None:
        """WS-01: what is no browser is nobody."""
        cookie, _ = attacked.sign_in("alice")
        refusal = run(refused(attacked.socket(cookie, origin=None)))
        assert refusal.response.status_code == 403

    @pytest.mark.parametrize("token", ["", "a b", "../../x", "x" * 65, "a/b", "é"])
    def test_is_refused_to_strange_tokens(self, attacked: Attacked, token: str) -> None:
        """WS-06."""

        async def attack() -> None:
            socket = attacked.socket()
            socket.token = token
            assert (await refused(socket)).response.status_code == 404

        run(attack())

    @pytest.mark.parametrize(
        "query", ["EIO=4&transport=polling&token=abc", "transport=polling&EIO=4&sid=x&token=abc"]
    )
    def test_by_polling_is_not_there(self, attacked: Attacked, query: str) -> None:
        """WS-01: with polling Reflex would not check the origin."""
        with attacked.web() as web:
            for method in ("GET", "POST"):
                assert web.request(method, f"/_event/?{query}").status_code == 404

    def test_of_more_than_twenty_tabs_is_refused(self, attacked: Attacked) -> None:
        """WS-04."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("bill")
            tabs = [attacked.socket(cookie) for _ in range(20)]
            for tab in tabs:
                await tab.__aenter__()
            assert (await refused(attacked.socket(cookie))).response.status_code == 429
            await tabs.pop().__aexit__(None, None, None)
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    try:
                        async with attacked.socket(cookie):
                            break
                    except InvalidStatus:
                        await asyncio.sleep(0.05)
            for tab in tabs:
                await tab.__aexit__(None, None, None)

        run(attack())

    def test_and_not_joining_ends_it(self, attacked: Attacked) -> None:
        """WS-04: a socket that only sits there is closed."""

        async def attack() -> None:
            from websockets.asyncio.client import connect

            where = f"ws://localhost:{attacked.port}/_event/?EIO=4&transport=websocket&token=sits"
            async with connect(
                where, host="127.0.0.1", additional_headers={"Origin": attacked.url}
            ) as idle:
                with pytest.raises(ConnectionClosed):
                    async with asyncio.timeout(PATIENCE_S):
                        while True:
                            await idle.recv()

        run(attack())


class TestFrames:
    @pytest.mark.parametrize(
        "frame",
        [
            "40/_event,{}",
            "40",
            "40/other,{}",
            '42["event",{}]',
            '42/_event,["connect",{"QUERY_STRING":"token=victim","asgi.scope":{"headers":[]}}]',
            '42/_event,["disconnect"]',
            '42/_event,["link_token_to_sid","x"]',
            '42/_event,["event"]',
            '42/_event,["event",{"name":5}]',
            '42/_event,["event","{}"]',
            '42/_event,["event",{"name":"x","payload":[]}]',
            '42/_event,["event",{"name":"x","payload":{"a":NaN}}]',
            '42/_event,["event",{"name":"x","payload":{"a":"\\ud800"}}]',
            '42/_event,["event",{"name":"x","payload":{"a":"\\u0000"}}]',
            '42/_event,["event",{"name":"' + "x" * 500 + '"}]',
            "42/_event," + "[" * 20_000,
            '42/_event,["event",{"name":"x","payload":{"a":' + "[" * 60 + "]" * 60 + "}}]",
            '42/_event,12["event",{"name":"x"}]',
            "43/_event,1[]",
            '451-/_event,["event",{"_placeholder":true,"num":0}]',
            "5",
            "2probe",
            "",
        ],
    )
    def test_that_no_page_sends_close_the_socket(self, attacked: Attacked, frame: str) -> None:
        """WS-04, WS-06, IN-04, R-31: a second join, forged server events, broken or deep JSON."""

        async def attack() -> None:
            async with attacked.socket() as socket:
                await socket.put(frame)
                assert await closed(socket) == 1008

        run(attack())

    def test_of_bytes_close_the_socket(self, attacked: Attacked) -> None:
        """WS-06."""

        async def attack() -> None:
            async with attacked.socket() as socket:
                assert socket.connection
                await socket.connection.send(b"\x00\x01")
                assert await closed(socket) == 1008

        run(attack())

    def test_larger_than_64_kib_close_the_socket(self, attacked: Attacked) -> None:
        """WS-05, R-33."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            async with attacked.socket(cookie) as socket:
                await socket.event(f"{TRAP}.breaks", text="x" * 66_000)
                assert await closed(socket) in {1008, 1009}

        run(attack())

    def test_in_a_flood_close_the_socket(self, attacked: Attacked) -> None:
        """WS-04, R-33: within a second; and it is told in the trace without what was said."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("otto")
            async with attacked.socket(cookie) as socket:
                began = time.monotonic()
                with pytest.raises(ConnectionClosed):
                    for _ in range(400):
                        await socket.event("nothing.of.ours", marker="FLOODMARK")
                        await asyncio.sleep(0)
                    await closed(socket)
                assert time.monotonic() - began < PATIENCE_S

        run(attack())
        assert "FLOODMARK" not in attacked.said()
        attacked.wait_for(lambda: ("breach", "too many frames") in attacked.traced("otto"))

    def test_of_a_patient_who_scrolls_are_let_through(self, attacked: Attacked) -> None:
        """WS-04: a burst of thirty is nobody's attack."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            async with attacked.socket(cookie) as socket:
                for _ in range(25):
                    await socket.event(f"{TRAP}.who")
                assert "Alice Ash" in await socket.until(lambda frame: "seen_rx" in frame)

        run(attack())


class TestForgedEvents:
    @pytest.mark.parametrize(
        "name",
        [
            f"{TRAP}.undecorated",
            f"{TRAP}._private",
            f"{TRAP}.without_policy",
            f"{TRAP}.set_age",
            f"{TRAP}.setvar",
            f"{TRAP}.for_staff",
            f"{TRAP}.nowhere",
            f"{TRAP}.who.__globals__",
            "reflex___state____update_vars_internal_state.update_vars_internal",
            "reflex___state____frontend_event_exception_state.handle_frontend_exception",
            "setvar",
            "hydrate.reset",
        ],
    )
    def test_are_refused(self, attacked: Attacked, name: str) -> None:
        """WS-06, AUTHZ-02, T4-T6: undecorated, private, set, internal, for others, unknown."""

        async def attack() -> str:
            cookie, _ = attacked.sign_in("alice")
            async with attacked.socket(cookie) as socket:
                marker = secrets.token_hex(8)
                sent = {"value": marker, "var_name": "age", "vars": {f"{PREFIX}.{TRAP}.age": 1}}
                await socket.event(name, **sent)
                await socket.event(name)
                assert "Alice Ash" in await seen(socket)
                assert marker not in "".join(socket.frames)
                return "".join(socket.frames)

        frames = run(attack())
        assert '"age_rx_state_"' not in frames
        assert attacked.sprung() == []

    def test_with_browser_storage_are_refused(self, attacked: Attacked) -> None:
        """AUTHZ-05, T6: nothing that the browser claims to have kept is taken."""

        async def attack() -> None:
            async with attacked.socket() as socket:
                await socket.event("hydrate_and_load", vars={f"{PREFIX}.{TRAP}.seen": "me"})
                await socket.event("hydrate_and_load", vars=None, hashes=None)
                frame = await socket.until(lambda frame: "is_hydrated" in frame)
                assert '"me"' not in frame

        run(attack())

    def test_by_nobody_run_nothing(self, attacked: Attacked) -> None:
        """WS-01: without a sign-in a socket shows the public pages, and nothing else."""

        async def attack() -> list[str]:
            async with attacked.socket() as socket:
                await socket.hydrate()
                await socket.until(lambda frame: "is_hydrated" in frame)
                await socket.event(f"{TRAP}.who")
                await socket.until(lambda frame: "_redirect" in frame)
                return socket.frames

        assert "Ash" not in "".join(run(attack()))

    def test_with_forged_headers_are_the_sockets_own(self, attacked: Attacked) -> None:
        """AUTHZ-05: a cookie in the event itself is nobody's."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            async with attacked.socket() as socket:
                body = {
                    "name": f"{PREFIX}.{TRAP}.who",
                    "payload": {},
                    "router_data": {"headers": {"cookie": cookie}, "pathname": "/home"},
                    "token": "x",
                }
                await socket.put("42/_event," + json.dumps(["event", body]))
                await socket.until(lambda frame: "_redirect" in frame)
                assert "Ash" not in "".join(socket.frames)

        run(attack())


class TestStolenToken:
    def test_of_an_open_tab_gives_nothing(self, attacked: Attacked) -> None:
        """WS-02, T2: the tab keeps its token, the thief gets an empty one."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            theirs, _ = attacked.sign_in("charlie")
            async with attacked.socket(cookie) as alice:
                assert "Alice" in await seen(alice)
                async with attacked.socket(theirs, token=alice.token) as thief:
                    await thief.hydrate()
                    await thief.until(lambda frame: "is_hydrated" in frame)
                    assert "Charlie" in await seen(thief)
                    assert "Alice" not in "".join(thief.frames)
                assert "Alice" in await seen(alice)
                assert "Charlie" not in "".join(alice.frames)

        run(attack())

    @pytest.mark.parametrize("who", ["charlie", ""])
    def test_of_a_closed_tab_gives_nothing(self, attacked: Attacked, who: str) -> None:
        """WS-02, T2, SES-06: what the tab showed is wiped for anybody else."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            async with attacked.socket(cookie) as alice:
                assert "Alice" in await seen(alice)
            theirs = attacked.sign_in(who)[0] if who else ""
            async with attacked.socket(theirs, token=alice.token) as thief:
                await thief.hydrate()
                await thief.until(lambda frame: "is_hydrated" in frame)
                await thief.event(f"{TRAP}.who")
                await thief.until(lambda frame: "_redirect" in frame or "seen_rx" in frame)
                assert "Alice" not in "".join(thief.frames)

        run(attack())

    def test_of_a_sign_in_that_has_ended_gives_nothing(self, attacked: Attacked) -> None:
        """SES-06, WS-07: even with the old cookie, even before the sweep has been round."""

        async def attack() -> None:
            cookie, sign_in = attacked.sign_in("alice")
            async with attacked.socket(cookie) as alice:
                assert "Alice" in await seen(alice)
            attacked.end(sign_in)
            async with attacked.socket(cookie, token=alice.token) as thief:
                await thief.hydrate()
                await thief.until(lambda frame: "is_hydrated" in frame)
                assert "Alice" not in "".join(thief.frames)

        run(attack())


class TestTheEndOfASignIn:
    def test_closes_its_sockets_within_two_seconds(self, attacked: Attacked) -> None:
        """SES-06, WS-07: its own alone; the screen is emptied first, and nothing comes after."""

        async def attack() -> None:
            cookie, sign_in = attacked.sign_in("alice")
            other, _ = attacked.sign_in("alice")
            async with attacked.socket(cookie) as ends, attacked.socket(other) as stays:
                assert "Alice" in await seen(ends)
                assert "Alice" in await seen(stays)
                before = await settled(ends)
                attacked.end(sign_in)
                began = time.monotonic()
                await closed(ends)
                assert time.monotonic() - began < PATIENCE_S
                last = "".join(ends.frames[before:])
                assert "Alice" not in last
                assert '"seen_rx_state_":""' in last
                assert "/#ended" in last
                assert "Alice" in await seen(stays)

        run(attack())

    def test_by_hand_closes_them_too(self, attacked: Attacked) -> None:
        """SES-06: the form of the page itself."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            async with attacked.socket(cookie) as socket:
                assert "Alice" in await seen(socket)

                def leave() -> None:
                    with attacked.web(cookie) as web:
                        assert web.post("/auth/sign-out").headers["location"] == "/#left"

                await asyncio.to_thread(leave)
                began = time.monotonic()
                await closed(socket)
                assert time.monotonic() - began < PATIENCE_S

        run(attack())

    def test_of_a_disabled_account_is_the_same(self, attacked: Attacked) -> None:
        """SES-06, SES-07."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("tess")
            async with attacked.socket(cookie) as socket:
                assert "Tess" in await seen(socket)
                attacked.disable("tess")
                began = time.monotonic()
                await closed(socket)
                assert time.monotonic() - began < PATIENCE_S
            attacked.disable("tess", disabled=False)

        run(attack())

    @pytest.mark.parametrize(
        ("act", "given"),
        [
            (administration.disable, {}),
            (administration.change_role, {"role": "billing"}),
            (administration.end_sign_ins, {}),
        ],
        ids=["disabled", "another role", "all sign-ins ended"],
    )
    def test_by_an_administrator_closes_all_of_them(
        self, attacked: Attacked, act: Callable[..., None], given: dict[str, str]
    ) -> None:
        """SES-06, SES-07, SES-08: two browsers within two seconds, the very next event at once."""

        async def attack() -> None:
            cookies = [attacked.sign_in("frank")[0] for _browser in range(2)]
            async with attacked.socket(cookies[0]) as one, attacked.socket(cookies[1]) as other:
                assert "Frank" in await seen(one)
                assert "Frank" in await seen(other)
                before = await settled(one)
                await asyncio.to_thread(attacked.administer, act, "frank", **given)
                began = time.monotonic()
                await asked_again(one)
                await closed(one)
                await closed(other)
                assert time.monotonic() - began < PATIENCE_S
                assert "Frank" not in "".join(one.frames[before:])

        run(attack())
        attacked.administer(administration.enable, "frank")
        attacked.administer(administration.change_role, "frank", role="front_desk")

    def test_stops_the_very_next_event(self, attacked: Attacked) -> None:
        """WS-03, SES-07: asked anew for each event, not when the socket opened."""

        async def attack() -> None:
            cookie, sign_in = attacked.sign_in("alice")
            async with attacked.socket(cookie) as socket:
                assert "Alice" in await seen(socket)
                before = await settled(socket)
                attacked.end(sign_in)
                await asked_again(socket)
                await socket.until(lambda frame: "_redirect" in frame)
                assert "Alice" not in "".join(socket.frames[before:])

        run(attack())

    def test_stops_what_is_on_its_way(self, attacked: Attacked) -> None:
        """AUTHZ-17, WS-07: a right that ends while a handler works ends for that handler."""

        async def attack() -> None:
            cookie, sign_in = attacked.sign_in("alice")
            async with attacked.socket(cookie) as socket:
                await socket.event(f"{TRAP}.slow", seconds=60)
                begun = attacked.data_dir / "slow-begun"
                await asyncio.to_thread(attacked.wait_for, begun.exists)
                attacked.end(sign_in)
                (attacked.data_dir / "slow-go-on").touch()
                await socket.until(lambda frame: "_redirect" in frame)
                assert "Ash" not in "".join(socket.frames)

        run(attack())
        assert "slow finished" not in attacked.sprung()

    def test_by_age_and_by_idleness_ends_them(self, attacked: Attacked) -> None:
        """SES-04: the server's clock decides."""
        from datetime import timedelta

        idle, _ = attacked.sign_in("alice", ago=timedelta(minutes=16))

        async def attack() -> None:
            async with attacked.socket(idle) as socket:
                await socket.event(f"{TRAP}.who")
                await socket.until(lambda frame: "_redirect" in frame)
                assert "Ash" not in "".join(socket.frames)

        run(attack())

    def test_forgets_what_closed_tabs_showed(self, attacked: Attacked) -> None:
        """T2, R-39: after a short grace nothing of a closed tab is in memory."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            async with attacked.socket(cookie) as socket:
                assert "Alice" in await seen(socket)
            async with asyncio.timeout(PATIENCE_S):
                while await asyncio.to_thread(attacked.states_held):  # noqa: ASYNC110 - asked from outside
                    await asyncio.sleep(0.1)

        run(attack())


class TestPushing:
    @pytest.mark.parametrize("way", ["push", "push_naively", "push_later"])
    def test_shows_everybody_their_own(self, attacked: Attacked, way: str) -> None:
        """WS-09, T15: through another's handler, a timer's inherited context, and a thread."""

        async def attack() -> None:
            alices, _ = attacked.sign_in("alice")
            charlies, _ = attacked.sign_in("charlie")
            async with attacked.socket(alices) as alice, attacked.socket(charlies) as charlie:
                await seen(alice)
                await seen(charlie)
                for _ in range(3):
                    await alice.event(f"{TRAP}.{way}", token=charlie.token)
                    await charlie.event(f"{TRAP}.{way}", token=alice.token)
                await seen(alice)
                await seen(charlie)
                await alice.quiet()
                await charlie.quiet()
            assert "Charlie" not in "".join(alice.frames)
            assert "Alice" not in "".join(charlie.frames)
            # Nor the key to the other's tab, which travels with the route of an event.
            assert charlie.token not in "".join(alice.frames)
            assert alice.token not in "".join(charlie.frames)

        run(attack())

    def test_to_a_closed_tab_goes_nowhere(self, attacked: Attacked) -> None:
        """WS-09."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            theirs, _ = attacked.sign_in("charlie")
            async with attacked.socket(cookie) as alice:
                await seen(alice)
            async with attacked.socket(theirs) as charlie:
                await charlie.event(f"{TRAP}.push", token=alice.token)
                await charlie.event(f"{TRAP}.push_naively", token=alice.token)
                assert "Charlie" in await seen(charlie)
                assert "Alice" not in "".join(charlie.frames)

        run(attack())


class TestThePageBefore:
    def test_whose_refresh_comes_late_takes_no_news_from_the_next(self, attacked: Attacked) -> None:
        """A reply shows on the page that is open, whatever the one before was still told."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            async with attacked.socket(cookie) as alice:
                await alice.event(f"{HOME}.open")
                await alice.until(lambda frame: HOME in frame)
                await alice.event(f"{VISITS}.open")
                await alice.until(lambda frame: VISITS in frame)
                await alice.event(f"{HOME}.refresh", topics=["appointments"])
                # What is sent after it is answered after it.
                await alice.event(f"{TRAP}.echo", said="after that")
                await alice.until(lambda frame: "after that" in frame)
                visit = appointment(attacked.people, title="Seen late", starts_at=soon)
                assert attacked.base
                with attacked.base.transaction() as db:
                    db.add(visit)
                    live.tell(db, "appointments", [attacked.people.patients["alice"].id])
                await alice.until(lambda frame: VISITS in frame and "Seen late" in frame)

        soon = datetime.now(UTC) + timedelta(days=20)
        run(attack())


class TestManyAtOnce:
    def test_never_see_each_other(self, attacked: Attacked) -> None:
        """WS-09: thousands of events of two people, interleaved, over many tabs of each."""

        async def one(name: str, other: str) -> int:
            cookie, _ = attacked.sign_in(name.lower())
            async with attacked.socket(cookie) as socket:
                for _ in range(EVENTS):
                    await socket.event(f"{TRAP}.who")
                    await asyncio.sleep(0)
                    await socket.event("hydrate")
                    await socket.until(lambda frame: "is_hydrated" in frame)
                said = "".join(socket.frames)
                assert name in said
                assert other not in said
                return said.count("is_hydrated")

        async def attack() -> int:
            pairs = [("Alice", "Charlie"), ("Charlie", "Alice")] * TABS_EACH
            return sum(await asyncio.gather(*(one(*pair) for pair in pairs)))

        assert run(attack()) >= EVENTS * TABS_EACH * 2

    def test_never_send_a_secret(self, attacked: Attacked) -> None:
        """SES-01: neither the cookie nor its digest is in any frame."""

        async def attack() -> None:
            cookie, _ = attacked.sign_in("alice")
            secret = cookie.partition("=")[2]
            from portal.security import signins

            async with attacked.socket(cookie) as socket:
                await socket.hydrate()
                await socket.until(lambda frame: "is_hydrated" in frame)
                await seen(socket)
                everything = "".join(socket.frames)
                assert secret not in everything
                assert signins.digest_of(secret) not in everything
                assert "cookie" not in everything.lower()

        run(attack())
