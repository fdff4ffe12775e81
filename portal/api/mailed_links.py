"""Links from mails that do one thing without a sign-in: answer for a visit, end mails about news.

Plain pages whose forms go to their own address: the secret stands nowhere else. To open one changes
nothing, for mail scanners open links too; each act is a form that is sent.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.api.plain import news, visits
from portal.errors import Busy, Invalid, NotAllowed, Refusal, TooMany
from portal.services import acting, appointments, front_door, news_links, visit_links
from portal.services.front_door import DoorRow

Form = Mapping[str, str]


async def visit(request: Request) -> Response:
    """Shows when the visit is, and what can be answered."""
    door, given = await acting.look(front_door.view), _given(request)
    if not await acting.look(visit_links.is_open, token=given["token"]):
        return visits.over(door)
    try:
        row = await acting.alone(lambda db: visit_links.look(db, **given))
    except Refusal as refused:
        return _refused(door, refused)
    return visits.answer(door, row)


@auth.from_our_pages
async def answered(request: Request) -> Response:
    """Takes an answer: coming, running late, or giving the visit up."""
    door, given = await acting.look(front_door.view), _given(request)
    form = await auth.form_of(request)
    if not await acting.look(visit_links.is_open, token=given["token"]):
        return visits.over(door)
    try:
        return await _answer(door, given, form)
    except Refusal as refused:
        return _refused(door, refused)


async def _answer(door: DoorRow, given: dict[str, Any], form: Form) -> Response:
    step = form.get("step", "")
    if step == "confirm":
        row = await acting.alone(lambda db: visit_links.confirm(db, **given))
        return visits.answer(door, row, done="confirmed")
    if step == "late":
        said = form.get("minutes", "")
        minutes = int(said) if re.fullmatch(r"[0-9]{1,3}", said) else 0
        row = await acting.alone(lambda db: visit_links.run_late(db, minutes=minutes, **given))
        return visits.answer(door, row, done="late")
    if step in {"prove", "cancel"}:
        return await _give_up(door, given, form)
    row = await acting.alone(lambda db: visit_links.look(db, **given))
    return visits.answer(door, row)


async def _give_up(door: DoorRow, given: dict[str, Any], form: Form) -> Response:
    born, code = _born(form), form.get("code", "")[:20].replace("none", "")
    if form.get("step") == "cancel":
        done = await acting.alone(lambda db: visit_links.cancel(db, born=born, code=code, **given))
        if done:
            return visits.given_up(door)
    else:
        shown = await acting.alone(lambda db: visit_links.prove(db, born=born, **given))
        if shown is not None:
            return visits.giving_up(door, shown, form)
    row = await acting.alone(lambda db: visit_links.look(db, **given))
    return visits.answer(door, row, values=form, is_wrong=True)


def _refused(door: DoorRow, refused: Refusal) -> Response:
    if isinstance(refused, visit_links.LinkOver):
        return visits.over(door)
    if isinstance(refused, TooMany | Busy):
        return visits.wait(door)
    if isinstance(refused, NotAllowed):
        return visits.not_yours(door, refused.words)
    if isinstance(refused, Invalid | appointments.NotLateYet):
        return visits.not_so(door, refused.words)
    return visits.changed(door)


async def ends_news(request: Request) -> Response:
    """Asks whether mails about news shall end."""
    door, given = await acting.look(front_door.view), _given(request)
    try:
        is_on = await acting.look(_still_on, token=given["token"], source=given["source"])
    except news_links.LinkOver:
        return news.over(door)
    return news.ask(door) if is_on else news.ended(door)


async def news_ended(request: Request) -> Response:
    """Ends them. A mail program may send this by itself, without a page of ours (RFC 8058).

    So no Origin is asked for: who has the secret of the address needs nothing else, and another
    site's page does not have it.
    """
    door, given = await acting.look(front_door.view), _given(request)
    try:
        await acting.alone(lambda db: news_links.end(db, **given))
    except news_links.LinkOver:
        return news.over(door)
    except (TooMany, Busy):
        return visits.wait(door)
    return news.ended(door)


def _still_on(db: Any, *, token: str, source: str, now: Any) -> bool:
    return news_links.look(db, token=token, source=source, now=now)


def _given(request: Request) -> dict[str, Any]:
    return {
        "token": request.path_params["link"][:64],
        "source": auth.address_of(request),
        "now": acting.desk().clock(),
    }


def _born(form: Form) -> date | None:
    parts = [form.get(name, "").strip() for name in ("year", "month", "day")]
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except (ValueError, OverflowError):
        return None


routes = [
    Route("/reminder/{link}", visit, methods=["GET"]),
    Route("/reminder/{link}", answered, methods=["POST"]),
    Route("/no-news/{link}", ends_news, methods=["GET"]),
    Route("/no-news/{link}", news_ended, methods=["POST"]),
]
