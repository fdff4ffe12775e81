"""Calendar files: one visit for who is signed in, and the address that one's own calendar reads."""

from urllib.parse import urlsplit

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal import settings
from portal.api.auth import UNKEPT, address_of, cookie_of, go
from portal.errors import NotSignedIn, Refusal
from portal.integrations import calendar
from portal.services import acting, calendars
from portal.services.calendars import Feed

GONE = "There is no calendar here."


async def visit(request: Request) -> Response:
    """Answers with one visit as a file."""
    try:
        made = await acting.perform(
            cookie_of(request),
            calendars.file,
            appointment_id=request.path_params["appointment"][:64],
            host=_host(),
        )
    except NotSignedIn:
        return go("/#ended")
    except Refusal as refused:
        return Response(refused.words, refused.status, UNKEPT)
    headers = {**UNKEPT, "content-disposition": 'attachment; filename="appointment.ics"'}
    return Response(made, 200, headers, calendar.TYPE)


async def feed(request: Request) -> Response:
    """Answers a calendar that follows an address; no cookie counts here."""
    token, source = request.path_params["feed"][:64], address_of(request)

    def fetch(db: Session) -> Feed:
        now = acting.desk().clock()
        return calendars.feed(db, token=token, host=_host(), source=source, now=now)

    found = await acting.alone(fetch)
    if found.status != 200:  # noqa: PLR2004 - HTTP's own number
        return Response(GONE, found.status, UNKEPT)
    return Response(found.file, 200, UNKEPT, calendar.TYPE)


def _host() -> str:
    return urlsplit(settings.current().public_url).hostname or "portal"


routes = [
    Route("/files/visits/{appointment}.ics", visit, methods=["GET"]),
    Route("/calendar/{feed}.ics", feed, methods=["GET"]),
]
