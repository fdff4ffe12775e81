"""A right that ends while its record is open: on the open socket, in words, and nothing stays."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from portal.models.messages import Communication, Thread
from portal.models.people import RelatedPerson, SignIn, User
from portal.security import signins
from portal.security.actor import system
from portal.services import family
from portal.services.family import moving
from portal.words import local
from tests.support.attacked import COOKIE, Attacked
from tests.support.clinic import appointment

HOME = "portal___state___home____home"
NEW = "portal___state___messages____new_message"


def opened(attacked: Attacked, who: str, whose: str) -> tuple[str, str]:
    """Signs somebody in with a record open; returns the cookie and the id of the sign-in."""
    assert attacked.base
    with attacked.base.transaction() as db:
        user = db.get_one(User, attacked.people.users[who].id)
        patient = attacked.people.patients[whose].id
        now = datetime.now(UTC)
        secret, row = signins.start(db, user, patient_id=patient, device="", address="::1", now=now)
        return f"{COOKIE}={secret}", row.id


def test_a_helpers_page_is_emptied_by_itself_when_the_right_ends(attacked: Attacked) -> None:
    """AUTHZ-11, AUTHZ-17, SES-07: without any event of the helper's own."""
    assert attacked.base
    mark = "MARK-visit-of-alice"
    attacked.people.add(
        appointment(attacked.people, title=mark, starts_at=datetime(2099, 1, 1, 15, tzinfo=UTC))
    )
    cookie, _sign_in = opened(attacked, "bob", "alice")

    async def look() -> None:
        async with attacked.socket(cookie) as socket:
            await socket.hydrate()
            await socket.event(f"{HOME}.open")
            await socket.until(lambda frame: mark in frame)
            await socket.quiet()
            assert attacked.base
            with attacked.base.transaction() as db:
                help_ = db.scalars(
                    select(RelatedPerson).where(
                        col(RelatedPerson.user_id) == attacked.people.users["bob"].id
                    )
                ).one()
                actor = system("test")
                now = datetime.now(UTC)
                moving.move(db, actor, help_, "suspended", reason="review", now=now)
            told = await socket.until(lambda frame: "/record-closed" in frame)
            assert mark not in told

    asyncio.run(look())


def test_a_helpers_page_is_emptied_by_the_clock_when_the_last_day_is_over(
    attacked: Attacked,
) -> None:
    """AUTHZ-11, AUTHZ-12: nobody does anything, the day turns."""
    assert attacked.base
    bob = attacked.people.users["bob"].id
    with attacked.base.transaction() as db:
        # The test before it has suspended the help.
        mine = update(RelatedPerson).where(col(RelatedPerson.user_id) == bob)
        db.connection().execute(mine.values(status="active", ends_on=None))
    cookie, _sign_in = opened(attacked, "bob", "alice")

    async def look() -> None:
        async with attacked.socket(cookie) as socket:
            await socket.hydrate()
            await socket.event(f"{HOME}.open")
            await socket.quiet()
            assert attacked.base
            now = datetime.now(UTC)
            with attacked.base.transaction() as db:
                help_ = db.scalars(
                    select(RelatedPerson).where(
                        col(RelatedPerson.user_id) == attacked.people.users["bob"].id
                    )
                ).one()
                help_.ends_on = local(now).date() - timedelta(days=1)
                db.add(help_)
            with attacked.base.transaction() as db:
                since = now - timedelta(days=1)
                assert family.turn(db, system("calendar"), since=since, now=now) == 1
            await socket.until(lambda frame: "/record-closed" in frame)

    asyncio.run(look())


def test_what_was_written_for_one_record_never_lands_in_another(attacked: Attacked) -> None:
    """AUTHZ-11: Mia opens her own record in another tab while she writes for Tess."""
    assert attacked.base
    cookie, sign_in = opened(attacked, "mia", "tess")
    tess, mia = (attacked.people.patients[name].id for name in ("tess", "mia"))
    letter = {"key": "k1", "whose": tess, "subject": "For Tess", "topic": "bill", "body": "x"}

    async def write() -> None:
        async with attacked.socket(cookie, path="/messages/new") as socket:
            await socket.hydrate()
            await socket.event(f"{HOME}.open")
            await socket.quiet()
            assert attacked.base
            with attacked.base.transaction() as db:
                row = db.get_one(SignIn, sign_in)
                row.patient_id = mia
                db.add(row)
            # The page is stale: the guard leads away. Sent again, it is refused.
            await socket.event(f"{NEW}.send", form=letter)
            await socket.until(lambda frame: "/home" in frame)
            await socket.event(f"{NEW}.send", form=letter)
            await socket.quiet()

    asyncio.run(write())
    with attacked.base.reading() as db:
        assert not db.scalars(select(Thread).where(col(Thread.subject) == "For Tess")).all()
        assert not db.scalars(
            select(Communication).where(col(Communication.patient_id) == mia)
        ).all()
