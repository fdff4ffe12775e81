"""The staff's side of helps: what waits, and one patient's, with what is kept from helpers."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services import acting, confidential, family, restrictions
from portal.services.family.deciding import Applied
from portal.services.family.staff import PatientRow, QueueRow
from portal.services.restrictions import RestrictionsRow
from portal.state import events
from portal.state.family import Areas
from portal.state.keeping import Keeping
from portal.state.staff.desk import Desk
from portal.words import _


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Application(_Form):
    """Who asks to help, as the desk writes it down."""

    name: str = Field(max_length=400)
    kind: str = Field(max_length=20)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=60)
    relationship: str = Field(default="", max_length=100)
    note: str = Field(default="", max_length=1000)


class Checked(_Form):
    """What proved who somebody is."""

    help_id: str = Field(max_length=64)
    proof: str = Field(max_length=40)
    note: str = Field(default="", max_length=1000)


class Opened(Areas):
    """What a helper gets, on which ground."""

    help_id: str = Field(max_length=64)
    basis: str = Field(max_length=40)


class Rewritten(Areas):
    """What a standing help is to cover, until when, and why."""

    help_id: str = Field(max_length=64)
    reason: str = Field(max_length=40)
    note: str = Field(default="", max_length=1000)


class Step(_Form):
    """A step with its reason: to reject, suspend or end."""

    help_id: str = Field(max_length=64)
    reason: str = Field(max_length=40)
    note: str = Field(default="", max_length=1000)


class Answer(_Form):
    """The clinic's answer to a request for a restriction."""

    request_id: str = Field(max_length=64)
    status: str = Field(max_length=20)
    said: str = Field(max_length=4000)
    care_team_only: str | bool = False


class HelpsQueue(Desk, rx.State):
    """The parts of the requests page about helps, and about limits that patients ask for."""

    row: QueueRow = QueueRow()
    asked: RestrictionsRow = RestrictionsRow()
    decides: bool = False
    answers: bool = False

    async def _load(self, *, by_itself: bool = False) -> None:
        run = acting.glance if by_itself else acting.perform
        row = await run(self._digest(), _waiting)
        self.row, self.asked, self.decides, self.answers = row

    async def _begin(self) -> None:
        self._forget()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def answer(self, form: dict[str, Any]) -> None:
        """Answers a request to restrict a use."""
        self._forget()
        said = events.entered(Answer, form)
        await self._ask(
            restrictions.answer,
            request_id=said.request_id,
            status=said.status,
            said=said.said,
            care_team_only=said.care_team_only in {True, "on", "true"},
        )
        self.done = _("Answered. The patient sees it now.")
        await self._load()


def _waiting(
    db: Session, actor: Actor, *, now: Any
) -> tuple[QueueRow, RestrictionsRow, bool, bool]:
    """Returns what this person may decide on, and of which kinds that is."""
    decides, answers = has(actor, Permission.INVITE), has(actor, Permission.ANSWER_PRIVACY)
    helps = family.staff.queue(db, actor, now=now) if decides else QueueRow()
    asked = restrictions.waiting(db, actor, now=now) if answers else RestrictionsRow()
    return helps, asked, decides, answers


class PatientHelps(Desk, Keeping, rx.State):
    """Who helps one patient; the steps of a help; what is kept from helpers."""

    row: PatientRow = PatientRow()
    code: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(
            family.staff.of_patient, by_itself=by_itself, patient_id=self._asked("id")
        )
        self.row = row or PatientRow()

    async def _do(self, use_case: Any, said: str, **arguments: Any) -> Any:
        self._forget()
        self.code = ""
        done = await self._ask(use_case, **arguments)
        self.done = said
        await self._load()
        return done

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows who helps a patient."""
        self._forget()
        self.code = ""
        await self._load()
        await self._take_form(self.row.patient_id)

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def apply(self, form: dict[str, Any]) -> None:
        """Writes down that somebody asks to help."""
        asked = events.entered(Application, form)
        await self._do(
            family.deciding.apply,
            _("Written down. Check their identity next."),
            patient_id=self._asked("id"),
            applied=Applied(**asked.model_dump()),
        )

    @events.handler(events.STAFF_ONLY)
    async def check(self, form: dict[str, Any]) -> None:
        """Says what proved who somebody is."""
        checked = events.entered(Checked, form)
        said = _("Identity checked. Send them the link; a colleague then opens the record.")
        await self._do(family.deciding.check_identity, said, **checked.model_dump())

    @events.handler(events.STAFF_ONLY)
    async def invite(self, help_id: str) -> None:
        """Sends the helper a link; the code is told in person."""
        said = _("The link is sent. Tell them this code in person:")
        lent = await self._do(family.deciding.invite, said, help_id=help_id)
        self.code = f"{lent.code[:4]} {lent.code[4:]}"

    @events.handler(events.STAFF_ONLY)
    async def activate(self, form: dict[str, Any]) -> None:
        """Opens the record to a helper."""
        asked = events.entered(Opened, form)
        last: date | None = asked.last()
        try:
            await self._do(
                family.deciding.activate,
                _("The record is open to them now."),
                help_id=asked.help_id,
                basis=asked.basis,
                lent=asked.lent(),
                starts_on=None,
                ends_on=last,
            )
        except family.NotAlone:
            await self._ask(family.deciding.note_refused, help_id=asked.help_id)
            raise

    @events.handler(events.STAFF_ONLY)
    async def change(self, form: dict[str, Any]) -> None:
        """Changes what a help by law covers, or its last day."""
        asked = events.entered(Rewritten, form)
        wanted = family.changing.Change(asked.lent(), asked.last(), asked.reason, asked.note)
        holds = await self._do(family.changing.change, "", help_id=asked.help_id, wanted=wanted)
        self.done = (
            _("Changed. It holds from this moment on, and both sides are told.")
            if holds
            else _("Proposed, and the patient is told. A second member of staff decides.")
        )

    @events.handler(events.STAFF_ONLY)
    async def approve(self, help_id: str) -> None:
        """Gives what a colleague proposed."""
        await self._do(family.changing.approve, _("Changed. Both sides are told."), help_id=help_id)

    @events.handler(events.STAFF_ONLY)
    async def turn_down(self, help_id: str) -> None:
        """Takes a proposal away."""
        await self._do(
            family.changing.turn_down, _("Turned down. What holds stays as it is."), help_id=help_id
        )

    @events.handler(events.STAFF_ONLY)
    async def reject(self, form: dict[str, Any]) -> None:
        """Turns an application down."""
        step = events.entered(Step, form)
        await self._do(family.deciding.reject, _("Turned down."), **step.model_dump())

    @events.handler(events.STAFF_ONLY)
    async def suspend(self, form: dict[str, Any]) -> None:
        """Stops a help while somebody looks at it."""
        step = events.entered(Step, form)
        await self._do(family.deciding.suspend, _("Stopped at once."), **step.model_dump())

    @events.handler(events.STAFF_ONLY)
    async def resume(self, help_id: str) -> None:
        """Opens the record again."""
        await self._do(family.deciding.resume, _("Open again."), help_id=help_id, note="")

    @events.handler(events.STAFF_ONLY)
    async def end(self, form: dict[str, Any]) -> None:
        """Ends a help."""
        step = events.entered(Step, form)
        await self._do(family.deciding.end, _("Ended at once."), **step.model_dump())

    @events.handler(events.STAFF_ONLY)
    async def mark(self, kind: str, record_id: str, secret: bool) -> None:  # noqa: FBT001 - sent so
        """Keeps something between the patient and the clinic, or opens it to helpers again."""
        said = (
            _("Kept between the patient and the clinic: no helper sees it.")
            if secret
            else _("Helpers see it again, as far as they were given it.")
        )
        await self._do(confidential.mark, said, kind=kind, record_id=record_id, confidential=secret)
