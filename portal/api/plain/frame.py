"""The frame of plain pages: the same as that of the built pages which are open to all."""

from collections.abc import Sequence
from functools import lru_cache

from starlette.responses import HTMLResponse

from portal.api import site
from portal.api.plain.markup import Html, el, icon
from portal.services.front_door import DoorRow
from portal.words import _, language

SUMMARY_ID = "error-summary"
_SPRIG = (
    "M16 26V9.5",
    "M16 13.5 11.8 8M16 13.5 20.2 8M16 18 9.6 11.5M16 18l6.4-6.5M16 22.5l-6.4-6M16 22.5l6.4-6",
)


def page(
    door: DoorRow, title: str, *inside: object, lead: object = "", status: int = 200
) -> HTMLResponse:
    """Returns a whole page with the clinic's card beside it; it is never kept anywhere."""
    said = el("p", lead, class_="lead") if lead else None
    content = el("div", el("h1", title, tabindex="-1"), said, el("div", *inside, class_="spread"))
    body = el(
        "div",
        _top(door),
        el("main", el("div", content, _card(door), class_="split"), _foot(), id="main"),
        class_="pub page",
    )
    skip = el("a", _("Skip to the page’s content"), href="#main", class_="skip")
    ready = el("span", id="ready", hidden=True, data_ready="true")
    whole = el("html", _head(title, door.name), el("body", skip, body, ready), lang=language())
    return HTMLResponse(f"<!doctype html>{whole}", status, {"cache-control": "no-store"})


def note(kind: str, title: str, *lines: object) -> Html:
    """Returns a notice: info, ok, warn or bad."""
    pictures = {"bad": "stop", "plain": "info"}
    inside = [line if isinstance(line, Html) else el("p", line) for line in lines if line]
    role = {"bad": "alert", "ok": "status"}.get(kind)
    return el(
        "div",
        icon(pictures.get(kind, kind)),
        el("div", el("h2", title), *inside),
        class_=f"note {kind}",
        role=role,
    )


def problems(found: Sequence[tuple[str, str]]) -> Html:
    """Returns what needs another look, each linked to its field; takes the focus."""
    if not found:
        return Html()
    items = [el("li", el("a", words, href=f"#{field}")) for field, words in found]
    inside = el("div", el("h2", _("Please look at this again")), el("ul", *items, class_="stack"))
    return el(
        "div",
        icon("stop"),
        inside,
        class_="note bad",
        role="alert",
        tabindex="-1",
        autofocus=True,
        id=SUMMARY_ID,
        data_keeps_focus="true",
    )


def phone_link(door: DoorRow) -> Html:
    """Returns the clinic's number as a link; words where it is not known."""
    if not door.phone:
        return Html(el("span", _("the clinic’s number")))
    return el("a", door.phone, href=f"tel:{door.phone}", class_="nb")


@lru_cache
def styles() -> list[str]:
    """Returns the built stylesheets, the ones that every page has."""
    folder = site.client_dir(site.build_dir()) / "assets"
    return [f"/assets/{path.name}" for path in sorted(folder.glob("*global_styles*.css"))]


def _head(title: str, clinic: str) -> Html:
    sheets = [el("link", rel="stylesheet", href=path) for path in styles()]
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="robots", content="noindex"),
        el("link", rel="icon", href="/icon.svg", type="image/svg+xml"),
        el("title", f"{title} – {clinic}" if clinic else title),
        *sheets,
        el("script", src="/portal.js"),
        el("script", src="/strength.js", defer=True),
    )


def _top(door: DoorRow) -> Html:
    paths = [el("path", d=d) for d in _SPRIG]
    mark = el(
        "svg",
        el("rect", class_="tile", width="32", height="32", rx="9"),
        el("g", *paths, class_="sprig"),
        el("circle", class_="berry", cx="16", cy="6.6", r="1.7"),
        viewBox="0 0 32 32",
        aria_hidden="true",
    )
    call = el(
        "a",
        icon("phone"),
        el("span", door.phone),
        href=f"tel:{door.phone}",
        class_="call",
        aria_label=f"{_('Call the clinic:')} {door.phone}",
    )
    name = door.name or _("Your clinic")
    brand = el("a", mark, el("span", name), href="/", class_="brand")
    return el("header", brand, call if door.phone else None, class_="pub-top")


def _card(door: DoorRow) -> Html:
    number = el("a", icon("phone"), door.phone, href=f"tel:{door.phone}", class_="big")
    emergency = el("span", _("In an emergency call"), " ", el("a", "911", href="tel:911"))
    return el(
        "section",
        el("div", class_="branch", aria_hidden="true"),
        el(
            "div",
            el("h2", door.name or _("Your clinic"), id="clinic-title"),
            el("p", door.address, class_="quiet") if door.address else None,
        ),
        el("div", number) if door.phone else None,
        _hours(door),
        el(
            "div",
            icon("stop"),
            el(
                "div",
                el("h2", emergency),
                el("p", _("Do not wait for an answer here when somebody is in danger.")),
            ),
            class_="note bad",
            role="note",
        ),
        class_="clinic",
        aria_labelledby="clinic-title",
    )


def _hours(door: DoorRow) -> Html | None:
    if not door.hours:
        return None
    lines = [
        el("tr", el("th", one.days, scope="row"), el("td", one.times), class_=one.today)
        for one in door.hours
    ]
    return el("table", el("caption", _("Opening hours")), el("tbody", *lines), class_="hours")


def _foot() -> Html:
    ways = (("/help", _("Help")), ("/privacy", _("Privacy")), ("/terms", _("Terms")))
    return el("footer", *[el("a", words, href=to) for to, words in ways], _looks(), class_="foot")


def _looks() -> Html:
    choices = (
        ("system", _("As this device")),
        ("light", _("Light")),
        ("dark", _("Dark")),
        ("light contrast", _("Light, more contrast")),
        ("dark contrast", _("Dark, more contrast")),
    )
    chosen = el(
        "select", *[el("option", words, value=value) for value, words in choices], data_looks="true"
    )
    return el(
        "label",
        icon("half", small=True),
        _("Appearance:"),
        el("span", chosen, icon("down"), class_="sel"),
        class_="looks",
    )
