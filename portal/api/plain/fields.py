"""Fields of plain pages: label above, hint, error below in words, all linked for screen readers."""

from collections.abc import Mapping
from typing import Any

from portal.api.plain.markup import Html, el, icon, joined
from portal.components import field
from portal.security import passwords
from portal.words import _, month

_MONTHS = range(1, 13)
Errors = Mapping[str, str]


def hidden(**values: object) -> Html:
    """Returns values that go along unseen."""
    given = [
        el("input", type="hidden", name=name, value=str(value)) for name, value in values.items()
    ]
    return joined(*given)


def line(
    name: str,
    label: str,
    *,
    hint: str = "",
    errors: Errors,
    value: str = "",
    kind: str = "text",
    **props: Any,
) -> Html:
    """Returns a line of text, or of another kind: a date, an e-mail address."""
    wiring, said = _wired(name, hint, errors)
    box = el(
        "input", type=kind, id=name, name=name, value=value, class_="in", **{**wiring, **props}
    )
    return el("div", el("label", label, for_=name), said[0], box, said[1], class_="field")


def birth_date(values: Mapping[str, str], *, errors: Errors) -> Html:
    """Returns day, month by name and year: nobody mistakes 3/4 or turns a calendar to 1940."""
    wiring, said = _wired("birth_date", "", errors)
    small = {"inputmode": "numeric", "class_": "in", "required": True, **wiring}
    chosen = values.get("month", "")
    months = [
        el("option", words, value=str(number), selected=str(number) == chosen)
        for number, words in _months()
    ]
    day = el(
        "input",
        type="text",
        id="birth_date",
        name="day",
        value=values.get("day", ""),
        maxlength="2",
        autocomplete="bday-day",
        **small,
    )
    pick = el(
        "select",
        el("option", "", value=""),
        *months,
        id="month",
        name="month",
        autocomplete="bday-month",
        class_="in",
        required=True,
        **wiring,
    )
    year = el(
        "input",
        type="text",
        id="year",
        name="year",
        value=values.get("year", ""),
        maxlength="4",
        autocomplete="bday-year",
        **small,
    )
    parts = (
        el("div", el("label", _("Day"), for_="birth_date"), day, class_="of-day"),
        el(
            "div",
            el("label", _("Month"), for_="month"),
            el("span", pick, icon("down"), class_="sel"),
            class_="of-month",
        ),
        el("div", el("label", _("Year"), for_="year"), year, class_="of-year"),
    )
    return el(
        "fieldset",
        el("legend", _("Birth date")),
        el("div", *parts, class_="birth"),
        said[1],
        class_="field",
    )


def _months() -> list[tuple[int, str]]:
    from datetime import date

    return [(number, month(date(2000, number, 1))) for number in _MONTHS]


def new_password(name: str, label: str, *, errors: Errors, own: str = "") -> Html:
    """Returns a field for a new password: with "Show", and its strength in words while typing.

    strength.js judges in the browser alone; what is typed goes nowhere before the form is sent.
    """
    hint = _("At least {least} characters. Four words in a row are easy to remember.")
    wiring, said = _wired(name, hint.format(least=passwords.LEAST), errors)
    described = f"{wiring.pop('aria_describedby', '')} {name}-strength".strip()
    box = el(
        "input",
        type="password",
        id=name,
        name=name,
        class_="in",
        autocomplete="new-password",
        autocapitalize="none",
        spellcheck="false",
        minlength=str(passwords.LEAST),
        required=True,
        aria_describedby=described,
        data_strength=f"{name}-strength",
        data_own=own,
        **{f"data-{key}": said for key, said in field.strength_words(passwords.LEAST).items()},
        **wiring,
    )
    show = el(
        "button",
        _("Show"),
        type="button",
        class_="btn",
        data_shows=name,
        aria_pressed="false",
        aria_label=_("Show the password"),
    )
    return el(
        "div",
        el("div", el("label", label, for_=name), class_="lab"),
        said[0],
        el("div", box, show, class_="with"),
        el("p", id=f"{name}-strength", class_="strength", role="status", aria_live="polite"),
        said[1],
        class_="field",
    )


def agree_box(name: str, label: str, *, errors: Errors, detail: str = "", **props: Any) -> Html:
    """Returns one box with its words beside it; all of it can be tapped."""
    wiring, said = _wired(name, "", errors)
    box = el("input", type="checkbox", id=name, name=name, value="yes", **wiring, **props)
    words = el("span", label, el("small", detail) if detail else None)
    return el(
        "div", el("label", box, words, for_=name, class_="pick alone"), said[1], class_="field"
    )


def submit(words: str) -> Html:
    """Returns the one filled button."""
    return el("button", words, type="submit", class_="btn main full")


def _wired(name: str, hint: str, errors: Errors) -> tuple[dict[str, str], tuple[Html, Html]]:
    error = errors.get(name, "")
    described = [f"{name}-hint"] if hint else []
    described += [f"{name}-error"] if error else []
    wiring = {"aria_describedby": " ".join(described)} if described else {}
    if error:
        wiring["aria_invalid"] = "true"
    shown_hint = el("span", hint, id=f"{name}-hint", class_="hint") if hint else Html()
    shown_error = (
        el("span", icon("stop", small=True), el("span", error), class_="err", id=f"{name}-error")
        if error
        else Html()
    )
    return wiring, (shown_hint, shown_error)
