"""Acting: a crowd at the door leaves the desk to those who are inside."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from portal.services import acting
from portal.settings import Settings
from tests.support.clinic import NOW, Clinic


@pytest.fixture
def _desk(small_clinic: Clinic) -> Iterator[None]:
    rules = Settings.model_validate({"data_dir": small_clinic.base.path.parent})
    acting.open_desk(small_clinic.base, rules, clock=lambda: NOW)
    yield
    acting.close_desk()


@pytest.mark.usefixtures("_desk")
class TestDoor:
    def test_lets_one_in_at_a_time_and_holds_up_nobody_inside(self) -> None:
        """S2: fifty at once at the door, each as slow as can be; a look inside takes no turn."""
        begun, go_on = threading.Event(), threading.Event()
        inside: list[int] = []
        most: list[int] = []

        def enter(db: Any) -> None:
            del db
            inside.append(1)
            most.append(len(inside))
            begun.set()
            go_on.wait(10)
            inside.pop()

        def view(db: Any, *, now: Any) -> str:
            del db, now
            return "seen"

        async def crowd() -> str:
            entering = [asyncio.create_task(acting.at_the_door(enter)) for _one in range(50)]
            await asyncio.to_thread(begun.wait, 10)
            async with asyncio.timeout(5):
                seen = await acting.look(view)
            go_on.set()
            await asyncio.gather(*entering)
            return seen

        assert asyncio.run(crowd()) == "seen"
        assert (len(most), max(most)) == (50, 1)
