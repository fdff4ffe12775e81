"""The server as an operator meets it: ready soon, alone on its folder, cleanly stopped (OPS-03).

Proves R-11, R-16.
"""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets
from playwright.sync_api import Browser
from websockets.typing import Origin

from tests.support import running
from tests.support.patience import PATIENCE_S

# On a busy machine; how fast it is elsewhere is measured by `make bench`.
ENDS_WITHIN_S = 45


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Path:
    """An empty clinic, as `init` leaves it, with its pages built."""
    del site
    folder = tmp_path_factory.mktemp("serve") / "data"
    done = running.run("init", "--clinic", "Juniper Street Clinic", data_dir=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def portal(clinic: Path, tmp_path: Path) -> Iterator[running.Server]:
    started = running.Server(clinic, tmp_path / "log")
    yield started
    started.close()


class TestStart:
    def test_is_ready_soon_and_says_where(self, portal: running.Server) -> None:
        assert portal.start() < running.READY_WITHIN_S
        assert f"Ready: {portal.url}" in portal.said()

    def test_needs_no_node(self, portal: running.Server) -> None:
        portal.start()
        assert portal.process
        children = Path(f"/proc/{portal.process.pid}/task/{portal.process.pid}/children")
        if not children.exists():
            pytest.skip("this system does not list a process's children")
        assert not children.read_text().strip()

    def test_a_taken_port_is_said_in_a_sentence(self, portal: running.Server) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", portal.port))
            other.listen()
            done = running.run("serve", data_dir=portal.data_dir, port=str(portal.port))
        assert done.returncode == 1
        assert f"port {portal.port}" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_second_server_on_the_same_folder_is_refused(self, portal: running.Server) -> None:
        portal.start()
        port = str(running.free_port())
        done = running.run("serve", data_dir=portal.data_dir, port=port)
        assert done.returncode == 1
        assert "Another portal" in done.stderr
        assert portal.answers()

    def test_without_a_clinic_says_how_to_make_one(self, tmp_path: Path) -> None:
        done = running.run("serve", data_dir=tmp_path / "none", port=str(running.free_port()))
        assert (done.returncode, done.stdout) == (1, "")
        assert "portal init" in done.stderr
        assert not (tmp_path / "none").exists()

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("public_url", "http://portal.example.org", "https"),
            ("port", "http", "PORTAL_PORT"),
            ("zone", "Mars/Olympus", "IANA"),
        ],
    )
    def test_a_wrong_setting_stops_it_with_a_sentence(
        self, clinic: Path, name: str, value: str, said: str
    ) -> None:
        done = running.run("serve", data_dir=clinic, **{name: value})
        assert done.returncode == 1
        assert said in done.stderr
        assert "Traceback" not in done.stderr


class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_is_clean(self, portal: running.Server, number: signal.Signals) -> None:
        portal.start()
        began = time.monotonic()
        assert portal.stop(number) == 0
        assert time.monotonic() - began < ENDS_WITHIN_S
        assert "Traceback" not in portal.said()
        assert "rror" not in portal.said()

    def test_does_not_wait_for_an_open_page(self, portal: running.Server) -> None:
        portal.start()
        answered, stopped = threading.Event(), threading.Event()

        async def sit() -> None:
            address = f"{portal.url.replace('http', 'ws')}/_event/?EIO=4&transport=websocket"
            async with websockets.connect(f"{address}&token=t", origin=Origin(portal.url)) as page:
                await page.recv()
                answered.set()
                try:
                    while True:
                        await page.recv()
                except websockets.ConnectionClosed:
                    stopped.set()

        sitting = threading.Thread(target=lambda: asyncio.run(sit()), daemon=True)
        sitting.start()
        assert answered.wait(running.READY_WITHIN_S), portal.said()
        began = time.monotonic()
        assert portal.stop() == 0
        assert time.monotonic() - began < ENDS_WITHIN_S
        assert stopped.wait(PATIENCE_S)

    def test_leaves_the_folder_to_the_next(self, portal: running.Server) -> None:
        portal.start()
        portal.stop()
        portal.start()
        assert portal.answers()


class TestAnswers:
    @pytest.fixture(scope="class")
    @staticmethod
    def open_portal(
        clinic: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[running.Server]:
        started = running.Server(clinic, tmp_path_factory.mktemp("answers") / "log")
        started.start()
        yield started
        started.close()

    def test_every_page_comes_without_an_extra_trip(
        self, open_portal: running.Server, site: Path
    ) -> None:
        routes = json.loads((site / "routes.json").read_text())
        asked = ["/" if r == "index" else "/" + r.replace("[", "").replace("]", "") for r in routes]
        for path in asked:
            if path != "/404":
                assert httpx.get(open_portal.url + path, timeout=PATIENCE_S).status_code == 200, (
                    path
                )

    def test_an_unknown_path_is_not_found(self, open_portal: running.Server) -> None:
        answer = httpx.get(
            f"{open_portal.url}/nothing/here", headers={"accept": "text/html"}, timeout=PATIENCE_S
        )
        assert answer.status_code == 404

    def test_a_frame_of_more_than_64_kib_ends_the_connection(
        self, open_portal: running.Server
    ) -> None:
        async def send() -> None:
            address = f"{open_portal.url.replace('http', 'ws')}/_event/?EIO=4&transport=websocket"
            async with websockets.connect(
                f"{address}&token=t", origin=Origin(open_portal.url)
            ) as page:
                await page.recv()
                await page.send("4" + "x" * (64 * 1024 + 1))
                async with asyncio.timeout(PATIENCE_S):
                    while True:
                        await page.recv()

        with pytest.raises(websockets.ConnectionClosed):
            asyncio.run(send())

    def test_uploads_have_no_door(self, open_portal: running.Server) -> None:
        for path in ("/_upload", "/_upload/x", "/_all_routes"):
            assert httpx.get(open_portal.url + path, timeout=PATIENCE_S).status_code in {404, 405}
            assert httpx.post(open_portal.url + path, timeout=PATIENCE_S).status_code in {404, 405}


class TestAddress:
    """One build serves any address: the pages talk to where they came from."""

    def test_pages_connect_to_the_port_that_they_came_from(
        self, portal: running.Server, browser: Browser
    ) -> None:
        portal.start()
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        with page.expect_websocket() as waiting:
            page.goto(f"{portal.url}/home")
        assert waiting.value.url.startswith(f"ws://localhost:{portal.port}/_event")
        waiting.value.wait_for_event("framereceived")
        page.close()
        assert asked
        assert all(url.startswith(portal.url) for url in asked), "only our own origin is asked"


def test_the_folder_and_the_key_are_the_owners_alone(clinic: Path) -> None:
    paths = [clinic, *clinic.rglob("*"), clinic.with_name("data.key")]
    for path in paths:
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


def test_help_answers() -> None:
    done = subprocess.run(
        running.command("--help"), cwd=running.ROOT, env=os.environ, capture_output=True, check=True
    )
    assert b"serve" in done.stdout


def test_nothing_of_an_address_is_logged(portal: running.Server) -> None:
    portal.start()
    httpx.get(f"{portal.url}/home?token=SECRETMARK", timeout=PATIENCE_S)
    httpx.get(
        f"{portal.url}/_event/?EIO=4&transport=websocket&token=SECRETMARK", timeout=PATIENCE_S
    )
    # Stopped, it has written everything that it will ever write.
    portal.stop()
    assert portal.said()
    assert "SECRETMARK" not in portal.said()
