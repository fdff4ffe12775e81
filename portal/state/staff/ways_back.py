"""Ways back: the part of the requests page where they are decided, and the one on the chart."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import NotAllowed, NotFound
from portal.services import acting, ways_back
from portal.services.ways_back import Begun, PatientWays, Ready, WayBackRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Proved(BaseModel):
    """How identity was proved, as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    proof: str = Field(max_length=40)
    note: str = Field(default="", max_length=300)
    what: str = Field(default="password", max_length=20)
    sign_in_name: str = Field(default="", max_length=254)


class WayBackRequests(Desk, rx.State):
    """The open ways back that this person decides about."""

    rows: list[WayBackRow] = []  # noqa: RUF012 - Reflex gives each state its own
    ready: Ready = Ready()
    may_see: bool = False

    async def _load(self, *, by_itself: bool = False) -> None:
        run = acting.glance if by_itself else acting.perform
        try:
            rows = await run(self._digest(), ways_back.waiting)
        except NotAllowed:
            self.may_see, self.rows = False, []
            return
        self.may_see = True
        if rows != self.rows:
            self.rows = rows

    async def _begin(self) -> None:
        self._forget()
        self.ready = Ready()
        await self._load()

    async def _decide(self, use_case: Any, way_back_id: str) -> Any:
        self._forget()
        self.ready = Ready()
        try:
            return await self._ask(use_case, way_back_id=way_back_id)
        finally:
            await self._load()

    @events.handler(events.STAFF_ONLY)
    async def approve(self, way_back_id: str) -> None:
        """Approves as the second person: it holds at once."""
        self.ready = await self._decide(ways_back.approve, way_back_id)

    @events.handler(events.STAFF_ONLY)
    async def make_letter(self, way_back_id: str) -> None:
        """Makes the link for a letter."""
        self.ready = await self._decide(ways_back.letter, way_back_id)

    @events.handler(events.STAFF_ONLY)
    async def refuse(self, way_back_id: str) -> None:
        """Ends a way back."""
        await self._decide(ways_back.refuse, way_back_id)
        self.done = _("This way back is ended. Nothing was changed in the account.")


class PatientWayBack(Desk, rx.State):
    """On a patient's chart: whether they can be helped back in, and what has been done."""

    row: PatientWays = PatientWays()
    patient_id: str = ""
    may_see: bool = False
    begun: Begun = Begun()

    async def _load(self) -> None:
        try:
            self.patient_id = self._asked("id")
            self.row = await self._ask(ways_back.of_patient, patient_id=self.patient_id)
            self.may_see = True
        except (NotAllowed, NotFound):
            self.may_see, self.row = False, PatientWays()

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows it with the chart."""
        self._forget()
        self.begun = Begun()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def begin(self, form: dict[str, Any]) -> None:
        """Begins a way back for the patient of this chart, whose identity was proved."""
        self._forget()
        given = events.entered(Proved, form)
        self.begun = await self._ask(
            ways_back.begin,
            patient_id=self._asked("id"),
            proof=given.proof,
            note=given.note,
            drops_factors=given.what == "factors",
        )
        await self._load()


class StaffWayBack(Desk, rx.State):
    """On the administrator's page: a colleague is helped back in."""

    begun: Begun = Begun()

    @events.handler(events.STAFF_ONLY)
    async def begin(self, form: dict[str, Any]) -> None:
        """Begins a way back for a colleague, whose identity was proved."""
        self._forget()
        given = events.entered(Proved, form)
        self.begun = await self._ask(
            ways_back.begin,
            sign_in_name=given.sign_in_name,
            proof=given.proof,
            note=given.note,
            drops_factors=given.what == "factors",
        )
