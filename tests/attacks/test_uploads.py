"""Uploads: 240 hostile files from a seed, and every way to send one that nobody should use.

Proves R-26; UP-01, UP-02, UP-03, UP-04, UP-07 over HTTP.
"""

import io
import random
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from PIL import Image
from sqlalchemy import delete, select

from portal.integrations import files
from portal.models.attachments import Attachment
from portal.models.people import Tries
from portal.services.attachments import shelf
from tests.attacks.conftest import PACE
from tests.support import hostile
from tests.support.attacked import Attacked

SEED = 26
MUTATED = 200
MB = 1024 * 1024
GROWS_AT_MOST = 300 * MB
NAMES = (
    "../../../etc/passwd.pdf",
    "..\\..\\x.pdf",
    "a\x00.pdf",
    "gpj.\u202efdp",
    "\u202egpj.pdf",
    "x" * 3000 + ".pdf",
    "a.pdf\r\nx-evil: 1",
    "%2e%2e%2fa.pdf",
    "CON.pdf",
    ".pdf",
    "\ud800.pdf",
)
SWIFT = PACE | {"attachments.STALL_S": 5.0}
# So many files a draft takes; the hourly limit has its own test (services/test_attachments.py).
TOGETHER = 10


@dataclass
class Desk:
    """Alice at her new message, on a portal of its own."""

    portal: Attacked
    cookie: str

    @property
    def place(self) -> str:
        """Where her files go."""
        return f"/files/attach/{self.portal.people.patients['alice'].id}/new"

    def send(self, name: str, data: bytes) -> httpx.Response:
        """Sends one file, after which it is all there is."""
        self.empty()
        with self.portal.web(self.cookie) as web:
            return self.sent(web, name, data)

    def sent(self, web: httpx.Client, name: str, data: bytes) -> httpx.Response:
        """Sends a file as the page does."""
        named = {"x-file-name": quote(name, errors="surrogatepass")}
        return web.post(self.place, content=data, headers=named, timeout=60)

    def empty(self) -> None:
        """Forgets what has been added so far, and how often."""
        assert self.portal.base
        with self.portal.base.transaction() as db:
            db.connection().execute(delete(Attachment))
            db.connection().execute(delete(Tries))

    def rows(self) -> list[Attachment]:
        """Returns what is written down."""
        assert self.portal.base
        with self.portal.base.reading() as db:
            return list(db.scalars(select(Attachment)))

    @property
    def shelf(self) -> shelf.Shelf:
        """Where the files lie."""
        assert self.portal.base
        return shelf.of(self.portal.base.info)

    def passing(self) -> list[Path]:
        """Returns what is on its way."""
        return shelf.passing(self.shelf)

    def raw(self, length: int, body: bytes, *, more: str = "") -> socket.socket:
        """Begins to send a file by hand; returns the line."""
        line = socket.create_connection(("127.0.0.1", self.portal.port), timeout=20)
        head = (
            f"POST {self.place} HTTP/1.1\r\nHost: localhost:{self.portal.port}\r\n"
            f"Origin: {self.portal.url}\r\nCookie: {self.cookie}\r\nX-File-Name: a.txt\r\n{more}"
        )
        told = f"Content-Length: {length}\r\n" if length >= 0 else "Transfer-Encoding: chunked\r\n"
        line.sendall(f"{head}{told}\r\n".encode() + body)
        return line

    def memory(self) -> int:
        """Returns how much memory the portal holds, in bytes, at its highest."""
        assert self.portal.process
        said = Path(f"/proc/{self.portal.process.pid}/status").read_text()
        return int(said.split("VmHWM:")[1].split()[0]) * 1024


@pytest.fixture(scope="module")
def desk(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Returns Alice at a portal of its own: what it holds in memory is nobody else's."""
    folder = tmp_path_factory.mktemp("uploads")
    portal = Attacked(folder / "data", folder / "log", pace=SWIFT)
    portal.fill(empty_file)
    try:
        portal.begin()
        yield Desk(portal, portal.sign_in("alice")[0])
    finally:
        portal.close()


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """Yields a name and what is sent under it."""
    chance = random.Random(SEED)  # noqa: S311 - the same files every time
    sound = {
        "pdf": hostile.pdf(),
        "jpg": hostile.picture("JPEG"),
        "png": hostile.picture("PNG"),
        "heic": hostile.picture("HEIF"),
    }
    for number in range(MUTATED):
        ending = chance.choice(list(sound))
        yield f"mutated-{number}.{ending}", hostile.mutated(sound[ending], chance)
    for ending, whole in sound.items():
        for other in (*sound, "txt", "svg", "html", "exe"):
            if other != ending:
                yield f"wrong.{other}", whole
        yield f"empty.{ending}", b""
        yield f"half.{ending}", whole[: len(whole) // 2]
        yield f"behind.{ending}", whole + hostile.archive()
        yield f"before.{ending}", b"<html><script>alert(1)</script>" + whole
    yield "huge.png", hostile.huge_png()
    yield "huger.png", hostile.huge_png(65_000, 65_000)
    yield "swelling.png", hostile.swelling_png()
    yield "swelling.pdf", hostile.swelling_pdf()
    yield "nested.pdf", hostile.nested_pdf()
    for made in (hostile.script_pdf, hostile.launch_pdf, hostile.carrying_pdf, hostile.packed_pdf):
        yield "active.pdf", made()
    yield "locked.pdf", hostile.locked_pdf()
    yield "bomb.zip", hostile.archive()
    yield "bomb.pdf", hostile.archive()
    for name in NAMES:
        yield name, hostile.pdf()


def test_hostile_files_crash_nothing_and_leave_nothing(desk: Desk) -> None:
    """R-26, UP-02, UP-04: each is refused in words, or kept as what it truly is."""
    every, before = list(hostile_files()), desk.memory()
    assert len(every) >= 200
    taken, lay = 0, len(list(shelf.lying(desk.shelf)))
    with desk.portal.web(desk.cookie) as web:
        for first in range(0, len(every), TOGETHER):
            desk.empty()
            for name, data in every[first : first + TOGETHER]:
                answer = desk.sent(web, name, data)
                said = (name, answer.status_code, answer.text)
                assert answer.status_code in {201, 413, 415}, said
                assert answer.status_code == 201 or answer.json()["words"].endswith("."), said
                taken += answer.status_code == 201
            for row in desk.rows():
                _is_within_policy(desk, row)
    assert 0 < taken < len(every)
    assert desk.memory() - before < GROWS_AT_MOST
    assert not desk.passing()
    assert len(list(shelf.lying(desk.shelf))) == lay + taken
    assert "bug" not in desk.portal.said()
    assert "Traceback" not in desk.portal.said()


def _is_within_policy(desk: Desk, row: Attachment) -> None:
    data = shelf.take(desk.shelf, row.id, row.patient_id)
    ending = row.name.rpartition(".")[2]
    assert len(data) == row.size
    assert not set(row.name) & set("/\\\x00\r\n\u202e")
    assert len(row.name) <= files.NAME_MAX
    if ending in {"jpg", "png"}:
        # What stands was written by us, to its last byte.
        image = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
        image.load()
        assert image.width * image.height <= files.MOST_PIXELS
        assert not dict(image.getexif())
        assert hostile.CAMERA.encode() not in data
        assert b"PK\x03\x04" not in data
    elif ending == "pdf":
        assert data.startswith(b"%PDF-")
        assert b"PK\x03\x04" not in data
    else:
        assert ending == "txt"
        assert b"\x00" not in data


def test_the_largest_pictures_at_once_stay_within_memory(desk: Desk) -> None:
    """R-26: four of thirty megapixels at once, lying on their side, are turned one by one."""
    whole, before = hostile.picture("JPEG", (6500, 4600)), desk.memory()
    desk.empty()
    cookies = [desk.portal.sign_in("alice")[0] for _ in range(4)]

    def send(cookie: str) -> int:
        with desk.portal.web(cookie) as web:
            named = {"x-file-name": "large.jpg"}
            return web.post(desk.place, content=whole, headers=named, timeout=120).status_code

    with ThreadPoolExecutor(4) as crowd:
        assert list(crowd.map(send, cookies)) == [201] * 4
    assert desk.memory() - before < GROWS_AT_MOST


class TestBodies:
    def test_that_are_too_large_are_refused_unread_or_as_they_come(self, desk: Desk) -> None:
        """UP-01: told by their length, or counted."""
        with desk.raw(files.MOST_BYTES + 1, b"") as line:
            assert line.recv(1000).startswith(b"HTTP/1.1 413")
        chunk = b"100000\r\n" + b"a" * MB + b"\r\n"
        with desk.raw(-1, chunk * 20) as line:
            line.sendall(b"1\r\na\r\n")
            assert line.recv(1000).startswith(b"HTTP/1.1 413")
        desk.empty()
        with desk.raw(-1, chunk * 20 + b"0\r\n\r\n") as line:
            assert line.recv(1000).startswith(b"HTTP/1.1 201")

    def test_are_not_read_before_it_is_known_who_sends_them_and_where(self, desk: Desk) -> None:
        """UP-01: no session, another site, another's draft, no room: answered with no byte read."""
        charlie = desk.portal.sign_in("charlie")[0]
        home = f"localhost:{desk.portal.port}"
        for cookie, origin, status in (
            ("", desk.portal.url, b"401"),
            (desk.cookie, "https://evil.example", b"403"),
            (charlie, desk.portal.url, b"409"),
        ):
            head = (
                f"POST {desk.place} HTTP/1.1\r\nHost: {home}\r\nOrigin: {origin}\r\n"
                f"Cookie: {cookie}\r\nContent-Length: 1000000\r\n\r\n"
            )
            with socket.create_connection(("127.0.0.1", desk.portal.port), timeout=20) as line:
                line.sendall(head.encode())
                assert line.recv(1000).split()[1] == status

    def test_that_come_slowly_or_break_off_leave_nothing(self, desk: Desk) -> None:
        """R-26, R-33."""
        desk.empty()
        with desk.raw(1000, b"a" * 10) as slow:
            assert slow.recv(1000).startswith(b"HTTP/1.1 408")
        desk.raw(1000, b"a" * 10).close()
        with desk.raw(1000, b"a" * 1000) as whole:
            assert whole.recv(1000).startswith(b"HTTP/1.1 201")
        assert len(desk.rows()) == 1
        assert not desk.passing()

    def test_come_few_at_a_time_from_each(self, desk: Desk) -> None:
        desk.empty()
        lines = [desk.raw(1000, b"a" * 10) for _ in range(2)]
        # The third is answered while the others are still on their way, unless they gave up.
        with desk.raw(1000, b"") as line:
            assert line.recv(1000).split()[1] in {b"503", b"408"}
        for line in lines:
            line.close()
        # They free their seats as soon as the portal has noticed.
        desk.portal.wait_for(lambda: desk.send("a.txt", b"a").status_code == 201)


class TestHandedOut:
    def test_as_a_file_that_runs_nowhere(self, desk: Desk) -> None:
        """UP-03, UP-07."""
        assert desk.send("Befund ä.pdf", hostile.pdf()).status_code == 201
        (row,) = desk.rows()
        address = f"/files/attachment/{row.id}"
        with desk.portal.web(desk.cookie) as web:
            answer = web.get(address)
        assert answer.content == hostile.pdf()
        said = answer.headers
        assert said["content-type"] == "application/pdf"
        assert said["content-disposition"].startswith('attachment; filename="Befund a.pdf"; ')
        assert said["x-content-type-options"] == "nosniff"
        assert said["cache-control"] == "no-store"
        policies = said.get_list("content-security-policy")
        assert any("sandbox" in policy and "default-src 'none'" in policy for policy in policies)
        assert desk.portal.traced("alice")[-1] == ("messages", f"Attachment/{row.id}")

    def test_to_nobody_else_and_like_one_that_never_was(self, desk: Desk) -> None:
        """UP-03: found with one's own right every time."""
        assert desk.send("a.pdf", hostile.pdf()).status_code == 201
        (row,) = desk.rows()
        said: set[tuple[int, str]] = set()
        for name in ("charlie", "dana", "bob"):
            with desk.portal.web(desk.portal.sign_in(name)[0]) as web:
                for one in (row.id, "x" * 16, f"{row.id}.."):
                    answer = web.get(f"/files/attachment/{one}")
                    said.add((answer.status_code, answer.text))
        assert {status for status, _words in said} == {404}
        assert len(said) == 1
        with desk.portal.web() as web:
            assert web.get(f"/files/attachment/{row.id}").headers["location"] == "/#ended"

    def test_and_lie_nowhere_that_is_served(self, desk: Desk) -> None:
        """UP-03: outside of the web's root, under a name of ours."""
        assert desk.send("a.pdf", hostile.pdf()).status_code == 201
        (row,) = desk.rows()
        here = desk.shelf.path(row.id)
        assert here.is_relative_to(desk.portal.data_dir)
        with desk.portal.web(desk.cookie) as web:
            for path in (f"/files/{row.id}", f"/{row.id}", f"/data/files/{row.id}", "/files/"):
                assert web.get(path).status_code == 404
