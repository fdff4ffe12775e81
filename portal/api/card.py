"""The clinic's card as a page of its own, made by the server: for browsers without scripts."""

from functools import lru_cache
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from portal.api import site
from portal.services import acting, front_door
from portal.services.front_door import DoorRow
from portal.words import _, language


async def card(request: Request) -> Response:
    """Shows name, phone and hours; nothing of any patient's."""
    del request
    row = await acting.look(front_door.view)
    return HTMLResponse(_page(row), headers={"cache-control": "no-store"})


def _page(row: DoorRow) -> str:
    name = escape(row.name or _("Your clinic"))
    styles = "".join(f'<link rel="stylesheet" href="{path}">' for path in _styles())
    hours = "".join(
        f"<tr><th scope=row>{escape(one.days)}</th><td>{escape(one.times)}</td></tr>"
        for one in row.hours
    )
    return (
        f'<!doctype html><html lang="{escape(language())}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title>{styles}</head><body>"
        f'<div class="pub page"><main id="main"><section class="clinic"><h1>{name}</h1>'
        f"<p>{escape(row.address)}</p>"
        f'<p><a class="big" href="tel:{escape(row.phone)}">{escape(row.phone)}</a></p>'
        f"<p><strong>{escape(row.open_now or row.closed_now)}</strong></p>"
        f'<table class="hours"><caption>{escape(_("Opening hours"))}</caption>'
        f"<tbody>{hours}</tbody></table>"
        f'<p><strong>{escape(_("In an emergency call"))} <a href="tel:911">911</a></strong></p>'
        f'<p><a href="/">{escape(_("Back to sign in"))}</a></p>'
        "</section></main></div></body></html>"
    )


@lru_cache
def _styles() -> list[str]:
    """Returns the built stylesheets, the ones that every page has."""
    folder = site.client_dir(site.build_dir()) / "assets"
    return [f"/assets/{path.name}" for path in sorted(folder.glob("*global_styles*.css"))]


routes = [Route("/clinic", card, methods=["GET"])]
