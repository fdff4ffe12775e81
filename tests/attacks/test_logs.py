"""What the log of a portal under attack holds: places and kinds, never words (LOG-01, LOG-02)."""

import asyncio
import json
import logging
import secrets
import sys

import pytest

from portal import logs
from tests.support.attacked import TRAP, Attacked
from tests.support.sockets import RawSocket


def test_no_word_of_anybody_is_in_it(attacked: Attacked) -> None:
    """LOG-01, T7, T8: bugs, wrong types, unknown events, refusals, forms, addresses."""
    mark = f"MARK{secrets.token_hex(6)}"
    cookie, _ = attacked.sign_in("alice")

    async def attack() -> list[str]:
        async with attacked.socket(cookie, token=f"{mark}token") as socket:
            socket.path = f"/results/{mark}"
            for name, sent in (
                (f"{TRAP}.breaks", {"text": f"{mark} SSN 123-45-6789"}),
                (f"{TRAP}.breaks", {"text": {mark: mark}}),
                (f"{TRAP}.breaks", {mark: mark}),
                (f"{TRAP}.slow", {"seconds": mark}),
                (f"{TRAP}.nowhere_{mark}", {"text": mark}),
                (mark, {"text": mark}),
                (f"{TRAP}.for_staff", {"text": mark}),
                (f"{TRAP}.without_policy", {"text": mark}),
                ("hydrate_and_load", {"vars": {f"{mark}.x": mark}}),
                ("hydrate_and_load", {"hashes": [mark]}),
            ):
                await socket.event(name, **sent)
            await socket.put(f'42/_event,["client_error",{{"message":"{mark}"}}]')
            await socket.event(f"{TRAP}.echo", said="end")
            await socket.until(lambda frame: '"echoed_rx_state_":"end"' in frame)
            return socket.frames

    frames = "".join(asyncio.run(attack()))
    assert "went wrong on our side" in frames
    assert "Traceback" not in frames

    async def break_in() -> None:
        socket: RawSocket = attacked.socket(cookie)
        async with socket:
            await socket.put(f'42/_event,["{mark}",{{"text":"{mark}"}}]')
            with pytest.raises(Exception):  # noqa: B017 - however it is closed
                await socket.until(lambda _: False, seconds=2)

    asyncio.run(break_in())
    with attacked.web(cookie) as web:
        web.post("/auth/sign-in", data={"username": mark, "password": f"{mark}password"})
        web.get(f"/results/{mark}?token={mark}", headers={"x-mark": mark, "referer": mark})
        web.post(f"/activate/{mark * 3}", data={"code": mark, "password": mark})
        web.request(mark, f"/{mark}")
    said = attacked.said()
    assert mark not in said
    assert "123-45-6789" not in said
    assert cookie.partition("=")[2] not in said
    assert "Ash" not in said
    assert "bug" in said


def test_every_line_can_be_read_by_a_machine(attacked: Attacked) -> None:
    """LOG-04."""
    lines = [line for line in attacked.said().splitlines() if not line.startswith("Ready:")]
    assert lines
    for line in lines:
        said = json.loads(line)
        assert said["at"].endswith("+00:00")
        assert {"level", "logger", "text"} <= said.keys()


class TestLines:
    def line(self, name: str, *args: object, error: BaseException | None = None) -> str:
        info = (type(error), error, error.__traceback__) if error else None
        record = logging.LogRecord(name, logging.ERROR, "x.py", 7, "said %s", args, info)
        return logs.Lines(is_plain=False).format(record)

    @pytest.mark.parametrize("name", ["reflex.app", "uvicorn.error", "asyncio", "sqlalchemy", "x"])
    def test_of_libraries_hold_a_place(self, name: str) -> None:
        """LOG-02."""
        assert json.loads(self.line(name, "Alice"))["place"] == "x:7"
        assert "Alice" not in self.line(name, "Alice")

    def test_of_ours_hold_our_words(self) -> None:
        assert json.loads(self.line("portal.x", "things"))["text"] == "said things"

    def test_cannot_be_broken_into_two(self) -> None:
        """LOG-04: no line is forged from within."""
        assert "\n" not in self.line("portal.x", "a\r\nb\x1b[31m")

    def test_of_an_error_hold_its_kind_and_place(self) -> None:
        """LOG-02, ASVS 16.5.1."""
        try:
            int("Alice's secret")
        except ValueError as error:
            line = self.line("portal.x", "so", error=error)
            assert "Alice" not in line
            assert json.loads(line)["error"] == "ValueError"
            assert "test_logs.py:" in json.loads(line)["came_from"]

    def test_of_what_nobody_caught_hold_no_more(
        self, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
    ) -> None:
        error = ValueError("Alice's secret")
        logs._uncaught(ValueError, error, None)
        assert "Alice" not in caplog.text + capsys.readouterr().err
        assert sys.excepthook is not logs._uncaught
