"""The day sheet to print and to keep for a power cut: names or initials alone."""

import asyncio
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api.auth import UNKEPT, cookie_of, go
from portal.errors import NotSignedIn, Refusal
from portal.integrations import pdf
from portal.services import acting, board
from portal.services.board import SheetRow
from portal.services.board.rows import ColumnRow
from portal.words import _, _n, language


async def day(request: Request) -> Response:
    """Answers with the sheet of a day, a page for each practitioner."""
    try:
        shown = date.fromisoformat(request.path_params["day"][:10])
        row = await acting.perform(cookie_of(request), board.sheet, day=shown)
    except NotSignedIn:
        return go("/#ended")
    except ValueError:
        return Response(_("There is no such day."), 404, UNKEPT)
    except Refusal as refused:
        return Response(refused.words, refused.status, UNKEPT)
    has_names = request.query_params.get("names") != "initials"
    made = await asyncio.to_thread(
        pdf.make, printed(row, has_names=has_names), now=acting.desk().clock()
    )
    headers = {**UNKEPT, "content-disposition": f'inline; filename="day-{shown}.pdf"'}
    return Response(made, 200, headers, "application/pdf")


def printed(row: SheetRow, *, has_names: bool) -> pdf.Sheet:
    """Returns what stands on the sheet."""
    values = {
        "title": row.said,
        "clinic": row.clinic,
        "printed": row.printed,
        "shred": _("Patient data: shred after use"),
        "page_of": _("Page {page} of {pages}"),
        "by_hand": _(
            "Written by hand while the computers were down. Copy it in later: name, time, what "
            "was done."
        ),
        "heads": [_("Time"), _("Patient"), _("Visit"), _("Notes"), _("Here"), _("Seen"), _("Left")],
        "columns": [_page(row, column, has_names=has_names) for column in row.columns]
        or [{"name": row.said, "said": _("Nobody works on this day."), "rows": []}],
    }
    return pdf.Sheet("daysheet", language(), values)


def _page(row: SheetRow, column: ColumnRow, *, has_names: bool) -> dict[str, Any]:
    """Returns the page of one practitioner: visits and what is closed, in order."""
    visits = [
        (
            _place(one.grid_row),
            {
                "at": one.at,
                "name": one.name if has_names or not one.id else one.letters,
                "state": one.words,
                "kind": _("{name}, {count} min").format(name=one.kind, count=one.minutes),
                "notes": ", ".join(flag.words for flag in one.flags),
                "closed": "",
            },
        )
        for one in column.strips
    ]
    closed = [
        (_place(one.grid_row), _closed(one.at, one.words))
        for one in column.closed
        if one.shape == "block"
    ]
    count = _n("{count} visit", "{count} visits", column.total)
    said = ", ".join(part for part in (row.said, column.place, count) if part)
    rows = [line for _at, line in sorted([*visits, *closed], key=lambda each: each[0])]
    return {"name": column.name, "said": said, "rows": rows}


def _closed(at: str, words: str) -> dict[str, str]:
    return {"at": at, "name": "", "state": "", "kind": "", "notes": "", "closed": words}


def _place(grid_row: str) -> int:
    return int(grid_row.partition(" ")[0])


routes = [Route("/files/schedule/{day}.pdf", day, methods=["GET"])]
