"""The report of who looked at what, as a file. Fetching it stands in the trace."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api.auth import cookie_of, form_of, from_our_pages, go
from portal.errors import NotSignedIn, Refusal
from portal.services import acting, tracing
from portal.services.tracing import Wanted

FILE = "who-looked-at-what.csv"


@from_our_pages
async def export(request: Request) -> Response:
    """Answers with the rows that were asked for, as CSV."""
    try:
        wanted = _wanted(await form_of(request))
        text = await acting.perform(cookie_of(request), tracing.export, wanted=wanted)
    except NotSignedIn:
        return go("/#ended")
    except ValueError:
        return Response("Choose the days from the calendar.", 422)
    except Refusal as refusal:
        return Response(refusal.words, refusal.status)
    headers = {
        "content-disposition": f'attachment; filename="{FILE}"',
        "cache-control": "no-store",
    }
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return Response("\ufeff" + text, 200, headers, "text/csv; charset=utf-8")


def _wanted(form: dict[str, str]) -> Wanted:
    since, until = form.get("since", ""), form.get("until", "")
    return Wanted(
        person=form.get("person", "")[:60],
        patient=form.get("patient", "")[:60],
        kind=form.get("kind", "")[:40],
        since=date.fromisoformat(since) if since else None,
        until=date.fromisoformat(until) if until else None,
        glances=form.get("glances") == "on",
    )


routes = [Route("/admin/access.csv", export, methods=["POST"])]
