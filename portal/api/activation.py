"""Opening an account by a link: plain pages whose form goes to their own address.

The address is the only place where the secret stands: no script, no state and no built file gets
it. First link, code and birth date; then a sign-in name, a password and what one agrees to. The
second form brings the first one's answers along, and both are judged again: nothing is kept in
between, and only the last step uses the link up.
"""

import re
from collections.abc import Mapping
from datetime import date

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import agreements as agreeing
from portal.api import auth
from portal.api.plain import opening
from portal.errors import Busy, Invalid, TooMany
from portal.security import passwords
from portal.services import accounts, acting, agreements, front_door, invitations, signing_in
from portal.services.agreements import TextChanged
from portal.services.invitations import Chosen, Given

_TOKEN = re.compile(r"[\w-]{20,100}", re.ASCII)
Form = Mapping[str, str]


async def shown(request: Request) -> Response:
    """Shows what a link asks for, without using it up: mail scanners look at links too."""
    token = request.path_params["link"]
    door, now = await acting.look(front_door.view), acting.desk().clock()
    if not _TOKEN.fullmatch(token):
        return opening.over(door)
    try:
        asked = await acting.look(invitations.look, token=token)
    except accounts.LinkUsedUp:
        return opening.over(door)
    if not asked.asks_code:
        given = Given(token, source=auth.address_of(request))
        proved = await acting.alone(lambda db: invitations.prove(db, given=given, now=now))
        return opening.choice(door, await _texts(proved), proved, {})
    return opening.proof(door, asked, {})


@auth.from_our_pages
async def sent(request: Request) -> Response:
    """Takes either form of the page."""
    token, form = request.path_params["link"], await auth.form_of(request)
    door = await acting.look(front_door.view)
    if not _TOKEN.fullmatch(token):
        return opening.over(door)
    given = Given(token, form.get("code", ""), _born(form), auth.address_of(request))
    try:
        if form.get("step", "") == "choose":
            return await _opened(request, form, given, door)
        return await _proved(form, given, door)
    except accounts.LinkUsedUp:
        return opening.over(door)
    except (TooMany, Busy):
        return opening.wait(door)


async def _proved(form: Form, given: Given, door: front_door.DoorRow) -> Response:
    """Judges link, code and birth date; right ones lead on to what is chosen."""
    now = acting.desk().clock()
    proved = await acting.alone(lambda db: invitations.prove(db, given=given, now=now))
    if proved.outcome != "right":
        return await _once_more(proved, form, given, door)
    return opening.choice(door, await _texts(proved), proved, form)


async def _once_more(
    proved: invitations.Proved, form: Form, given: Given, door: front_door.DoorRow
) -> Response:
    if proved.outcome == "over":
        return opening.over(door)
    asked = await acting.look(invitations.look, token=given.token)
    return opening.proof(door, asked, form, is_wrong=True)


async def _opened(request: Request, form: Form, given: Given, door: front_door.DoorRow) -> Response:
    """Opens the account and leads on into the sign-in; what cannot be is asked for again."""
    now = acting.desk().clock()
    proved = await acting.alone(lambda db: invitations.prove(db, given=given, now=now))
    if proved.outcome != "right":
        return await _once_more(proved, form, given, door)
    errors = await _faults(form, proved)
    if not errors:
        try:
            return await _in(request, form, given)
        except invitations.NameNotUsable as refused:
            errors = {"sign_in_name": refused.words}
        except TextChanged as refused:
            errors = {"agree": refused.words}
    return opening.choice(door, await _texts(proved), proved, form, errors)


async def _in(request: Request, form: Form, given: Given) -> Response:
    now, where = acting.desk().clock(), auth.where_from(request, dict(form))
    chosen = Chosen(
        form.get("sign_in_name", ""),
        await passwords.make(form["password"]),
        agreeing.answers_in(form),
    )

    def begin(db: Session) -> signing_in.Entry | None:
        user = invitations.open_account(db, given=given, chosen=chosen, now=now)
        if user is None:
            return None
        return signing_in.begin(
            db, user, factor="password", device=where.device, address=where.address, now=now
        )

    entry = await acting.alone(begin)
    if entry is None:
        raise accounts.LinkUsedUp
    await auth.end_before(request)
    return auth.enter_with(entry)


async def _faults(form: Form, proved: invitations.Proved) -> dict[str, str]:
    """Returns what cannot be as it was chosen, by field."""
    errors: dict[str, str] = {}
    name = form.get("sign_in_name", "").strip()
    if proved.suggested and not name:
        errors["sign_in_name"] = str(invitations.NameNotUsable().words)
    password = form.get("password", "")
    try:
        await acting.look(_check, user_id=proved.user_id, password=password, name=name)
        if form.get("again", password) != password:
            errors["again"] = str(accounts.NotTheSame().words)
    except Invalid as refused:
        errors["password"] = refused.words
    if any(one.is_needed for one in proved.due) and not form.get("agree"):
        errors["agree"] = opening.agree_first()
    return errors


def _check(db: Session, *, user_id: str, password: str, name: str, now: object) -> None:
    del now
    accounts.check_new_password(db, user_id, password=password, sign_in_name=name)


async def _texts(proved: invitations.Proved) -> list[agreements.TextRow]:
    """Returns the texts that this account has still to answer."""
    kinds = {one.kind for one in proved.due}
    return [row for row in await acting.look(agreements.current) if row.kind in kinds]


def _born(form: Form) -> date | None:
    parts = [form.get(name, "").strip() for name in ("year", "month", "day")]
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


routes = [
    Route("/activate/{link}", shown, methods=["GET"]),
    Route("/activate/{link}", sent, methods=["POST"]),
]
