"""What attacks need: a portal with traps inside, the cast in it, and ways in for each of them."""

import json
import os
import secrets
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import col, select

from portal.database import Database
from portal.models.audit import AuditEvent
from portal.models.people import SignIn, User
from portal.security import signins
from tests.support import bases, clinic, running
from tests.support.patience import PATIENCE_S
from tests.support.sockets import RawSocket

COOKIE = "portal"
# Nothing here speaks TLS, and to read all authorities of the web takes longer than an answer.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRAP = "tests___support___traps____trap"


@dataclass
class Attacked(running.Server):
    """A running portal, and its database from behind."""

    is_forked: bool = True
    pace: dict[str, float] = field(default_factory=dict)
    site: Path | None = None
    has_traps: bool = True
    base: Database | None = None
    cast: clinic.Clinic | None = None

    def fill(self, template: Path) -> None:
        """Gives it a database with the cast in it."""
        self.data_dir.mkdir(parents=True)
        for file in template.iterdir():
            (self.data_dir / file.name).write_bytes(file.read_bytes())
        key = self.data_dir.with_name(self.data_dir.name + ".key")
        key.write_text(bases.KEY.hex())
        key.chmod(0o600)
        self.base = Database(self.data_dir, bases.KEY)
        self.cast = clinic.gather(self.base)

    @property
    def people(self) -> clinic.Clinic:
        """The cast."""
        assert self.cast
        return self.cast

    def sign_in(self, name: str, *, ago: timedelta = timedelta(0)) -> tuple[str, str]:
        """Signs somebody in from behind; returns the cookie and the id of the sign-in."""
        assert self.base
        now = datetime.now(UTC) - ago
        with self.base.transaction() as db:
            user = self.people.users[name]
            secret, record = signins.start(
                db, user, patient_id=user.patient_id, device="test", address="::1", now=now
            )
            return f"{COOKIE}={secret}", record.id

    def end(self, sign_in_id: str) -> None:
        """Ends a sign-in from behind, as another process would."""
        assert self.base
        with self.base.transaction() as db:
            signins.end(db, sign_in_id, reason="test", now=datetime.now(UTC))

    def disable(self, name: str, *, disabled: bool = True) -> None:
        """Disables an account from behind, as a command would."""
        assert self.base
        with self.base.transaction() as db:
            user = db.get_one(User, self.people.users[name].id)
            user.disabled = disabled
            db.add(user)

    def administer(self, use_case: Callable[..., Any], name: str, **given: Any) -> None:
        """Does to an account what the administrators' page does, from behind."""
        assert self.base
        with self.base.transaction() as db:
            now = datetime.now(UTC)
            ada = self.people.actor("ada", at=now)
            use_case(db, ada, user_id=self.people.users[name].id, now=now, **given)

    def traced(self, name: str) -> list[tuple[str, str]]:
        """Returns the kind and thing of every act of somebody in the trace."""
        assert self.base
        with self.base.reading() as db:
            found = db.exec(
                select(AuditEvent)
                .where(col(AuditEvent.actor_id) == self.people.users[name].id)
                .order_by(col(AuditEvent.seq))
            )
            return [(row.category, row.entity) for row in found]

    def wait_for(self, holds: Callable[[], bool], *, seconds: float = PATIENCE_S) -> None:
        """Waits until something holds; fails when it does not in time."""
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, self.said()[-3000:]
            time.sleep(0.02)

    def states_held(self) -> int:
        """Counts the tabs whose state the server holds."""
        return int(httpx.get(f"{self.url}/test/states", timeout=PATIENCE_S).text)

    def is_open(self, sign_in_id: str) -> bool:
        """Whether a sign-in has not been ended."""
        assert self.base
        with self.base.reading() as db:
            record = db.get(SignIn, sign_in_id)
            return record is not None and record.ended_at is None

    def socket(self, cookie: str = "", **more: str | None) -> RawSocket:
        """Returns a socket to it, not yet open, with a token of its own."""
        token = more.pop("token", None) or secrets.token_hex(16)
        return RawSocket(self.port, token, cookie, **more)  # type: ignore[arg-type]

    def web(self, cookie: str = "") -> httpx.Client:
        """Returns an HTTP client that comes from our own pages."""
        headers = {"origin": self.url} | ({"cookie": cookie} if cookie else {})
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE_S, verify=NO_TLS)

    def sprung(self) -> list[str]:
        """Returns which traps were sprung."""
        file = self.data_dir / "sprung"
        return file.read_text().split("\n")[:-1] if file.exists() else []

    def begin(self) -> None:
        """Starts it."""
        self.settings = {"log_level": "debug"} | self.settings
        more = {"TRAPPED_PACE": json.dumps(self.pace)}
        if self.site:
            more["TRAPPED_SITE"] = str(self.site)
        if not self.has_traps:
            more["TRAPPED_BARE"] = "1"
        os.environ.update(more)
        try:
            self.start(module="tests.support.trapped")
        finally:
            for name in more:
                del os.environ[name]

    def close(self) -> None:
        """Ends it, whatever it does."""
        super().close()
        if self.base:
            self.base.close()
