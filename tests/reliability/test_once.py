"""Double clicks, two tabs and replays: once is once, whoever asks how often (R-03, R-09)."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from tests.reliability import standing, working
from tests.reliability.working import Day, Desk, Portal
from tests.support import clinic
from tests.support.clinic import NOW


class TestSend:
    def test_fifty_at_once_from_ten_tabs_are_one_message(self, portal: Portal) -> None:
        portal.begin()
        day = working.open_day(portal)
        acked = asyncio.run(self._send(day))
        assert len(acked) == 1, "everybody was told of the same message"
        assert portal.base
        day.log.messages["m-1"] = acked.pop()
        standing.check(portal.base, day.log)

    async def _send(self, day: Day) -> set[str]:
        desks = [Desk(day.portal, day.cookies["alice"]) for _ in range(10)]
        where = {"thread_id": day.threads["alice"]}

        async def press_five_times(desk: Desk) -> list[str]:
            return [await desk.act("write", key="m-1", **where) for _ in range(5)]

        answers = await asyncio.gather(*(press_five_times(desk) for desk in desks))
        await asyncio.gather(*(desk.leave() for desk in desks))
        assert sum(map(len, answers)) == 50
        return {one for some in answers for one in some}


class TestReadAndConfirm:
    def test_two_tabs_read_and_confirm_at_once(self, portal: Portal) -> None:
        portal.begin()
        day = working.open_day(portal)
        people = portal.people
        planned = clinic.appointment(people, "alice", starts_at=NOW + timedelta(days=3650))
        people.add(planned)
        marked = asyncio.run(self._both(day, planned.id))
        assert sorted(marked) == ["0"] * 9 + ["1"], "one of them marked it, nobody stumbled"
        assert portal.base
        with portal.base.reading() as db:
            confirmed = "SELECT count(*) FROM audit_event WHERE action = 'U' AND entity = :id"
            assert db.execute(text(confirmed), {"id": planned.id}).scalar_one() == 1
            assert db.execute(text("SELECT count(*) FROM read_mark")).scalar_one() == 1
        assert standing.damage(portal.base) == []

    async def _both(self, day: Day, appointment_id: str) -> list[str]:
        dana = Desk(day.portal, day.cookies["dana"])
        await dana.act("write", key="m-1", thread_id=day.threads["alice"])
        desks = [Desk(day.portal, day.cookies["alice"]) for _ in range(10)]
        where = {"thread_id": day.threads["alice"]}
        marked = await asyncio.gather(*(desk.act("read", key="r", **where) for desk in desks))
        await asyncio.gather(
            *(desk.act("confirm", key="c", appointment_id=appointment_id) for desk in desks)
        )
        await asyncio.gather(*(desk.leave() for desk in [dana, *desks]))
        return list(marked)
