"""Attacks on the settings: another's sign-in, another's factor, and the clock of one's own."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.models.factors import Factor
from portal.security import signins
from tests.support.attacked import COOKIE, Attacked
from tests.support.sockets import RawSocket

STATE = "portal___state___settings___"


@pytest.fixture
def begun(attacked: Attacked) -> Any:
    """Returns what begins a sign-in from behind; returns its cookie and its id."""

    def begin(name: str, *, ago: timedelta = timedelta(0), **more: Any) -> tuple[str, str]:
        assert attacked.base
        with attacked.base.transaction() as db:
            user = attacked.people.users[name]
            secret, record = signins.start(
                db,
                user,
                patient_id=user.patient_id,
                device="test",
                address="::1",
                now=datetime.now(UTC) - ago,
                **more,
            )
            return f"{COOKIE}={secret}", record.id

    return begin


async def told(socket: RawSocket, handler: str, **sent: Any) -> str:
    """Sends an event; returns the sentence of its problem, with nothing else that changes."""
    begun_at = len(socket.frames)
    await socket.event(f"{STATE}{handler}", **sent)
    await socket.until(lambda frame: "We could not find that" in frame)
    return "".join(socket.frames[begun_at:])


class TestAnothers:
    def test_sign_in_is_not_found_like_none(self, attacked: Attacked, begun: Any) -> None:
        """SES-08, AUTHZ-04: and it stays open."""
        _cookie, alices = begun("alice")
        mine, _ = begun("charlie")

        async def attack() -> None:
            async with attacked.socket(mine) as socket:
                for wanted in (secrets.token_urlsafe(12), alices):
                    assert "Alice" not in await told(
                        socket, "devices____devices.end", sign_in_id=wanted
                    )

        asyncio.run(attack())
        assert attacked.is_open(alices)

    def test_factor_is_not_found_like_none(self, attacked: Attacked, begun: Any) -> None:
        """MFA-11, AUTHZ-04: nor renamed, nor removed, also by who has confirmed."""
        assert attacked.base
        factor = Factor(
            user_id=attacked.people.users["alice"].id,
            kind="totp",
            name="Alice's phone",
            created_at=datetime.now(UTC),
            confirmed_at=datetime.now(UTC),
        )
        attacked.people.add(factor)
        mine, sign_in = begun("charlie")
        with attacked.base.transaction() as db:
            signins.confirm(db, sign_in, now=datetime.now(UTC))

        async def attack() -> None:
            async with attacked.socket(mine) as socket:
                for wanted in (secrets.token_urlsafe(12), factor.id):
                    form = {"factor_id": wanted, "name": "mine now"}
                    await told(socket, "factors____factors.rename", form=form)
                    await told(socket, "factors____factors.remove", factor_id=wanted)

        asyncio.run(attack())
        with attacked.base.transaction() as db:
            kept = db.get_one(Factor, factor.id)
            assert kept.name == "Alice's phone"
            db.delete(kept)


class TestClock:
    def test_of_a_half_open_sign_in_ends_after_ten_minutes_and_is_not_extended(
        self, attacked: Attacked, begun: Any
    ) -> None:
        """SES-04, MFA-05: whoever has the password alone cannot keep the door open."""
        half, _ = begun("alice", stage="factor")
        with attacked.web(half) as web:
            assert 500 <= web.get("/auth/clock").json()["absolute_seconds_left"] <= 600
            assert web.post("/auth/extend").status_code == 401
        late, _ = begun("alice", stage="factor", ago=timedelta(minutes=10))
        with attacked.web(late) as web:
            assert web.get("/auth/clock").status_code == 401

    def test_at_a_shared_computer_runs_for_five_minutes(
        self, attacked: Attacked, begun: Any
    ) -> None:
        """SES-04, SES-09; asking does not extend it (SES-05), a key does."""
        shared, _ = begun("alice", is_shared=True, ago=timedelta(minutes=4))
        with attacked.web(shared) as web:
            for _look in range(2):
                assert web.get("/auth/clock").json()["idle_seconds_left"] <= 60
            assert web.post("/auth/extend").json()["idle_seconds_left"] > 290
        late, _ = begun("alice", is_shared=True, ago=timedelta(minutes=5))
        with attacked.web(late) as web:
            assert web.get("/auth/clock").status_code == 401
