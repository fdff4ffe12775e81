"""Fields: label above, hint, error below in words, all linked for screen readers.

Every field is uncontrolled: it has a `name`, and its form sends it. `error` may be a Var; the
error appears when it is not empty. `value` is what stands there at first.
"""

from typing import Any

import reflex as rx

from portal.components import icon, link
from portal.components.kinds import Child, Text, is_given, when
from portal.words import _

SUMMARY_ID = "error-summary"


def text(name: Text, label: Text, **options: Any) -> rx.Component:
    """A line of text. Options: hint, error, value, id, optional, autocomplete, and any prop."""
    return _line("text", name, label, **options)


def email(name: Text, label: Text, **options: Any) -> rx.Component:
    """An e-mail address."""
    shape = {"autocomplete": "email", "auto_capitalize": "none", "spell_check": False}
    return _line("email", name, label, **{**shape, **options})


def phone(name: Text, label: Text, **options: Any) -> rx.Component:
    """A phone number."""
    return _line("tel", name, label, **{"autocomplete": "tel", **options})


def number(name: Text, label: Text, **options: Any) -> rx.Component:
    """A number, typed as text with a number pad: no arrows, no scrolling by accident."""
    return _line("text", name, label, **{"input_mode": "decimal", **options})


def date(name: Text, label: Text, **options: Any) -> rx.Component:
    """A day, with the browser's own calendar."""
    return _line("date", name, label, **options)


def time(name: Text, label: Text, **options: Any) -> rx.Component:
    """A time of day, with the browser's own picker."""
    return _line("time", name, label, **options)


def password(
    name: Text, label: Text, *, forgotten: Text = "", forgotten_href: str = "", **options: Any
) -> rx.Component:
    """A password, with a button that shows it and the way back in where it was forgotten."""
    key = options.pop("id", name)
    said = options.pop("strength", rx.fragment())
    shape = {"autocomplete": "current-password", "auto_capitalize": "none", "spell_check": False}
    props, notes = _wiring(key, {**shape, **options})
    show = rx.el.button(
        _("Show"),
        type="button",
        class_name="btn",
        data_shows=key,
        aria_pressed="false",
        aria_label=_("Show the password"),
    )
    lost = link.anchored(forgotten, href=forgotten_href) if forgotten_href else rx.fragment()
    return rx.el.div(
        rx.el.div(rx.el.label(label, html_for=key), lost, class_name="lab"),
        notes.hint,
        rx.el.div(
            rx.el.input(id=key, name=name, type="password", class_name="in", **props),
            show,
            class_name="with",
        ),
        said,
        notes.error,
        class_name="field",
    )


def new_password(
    name: str, label: Text, *, least: int, own: Text = "", **options: Any
) -> rx.Component:
    """A password that is being chosen: its strength is said in words while it is typed.

    assets/strength.js judges in the browser alone; the server decides when the form comes. `own`
    are words of the person, one a line, that had better not be in it.
    """
    place = f"{name}-strength"
    said = rx.el.p(id=place, class_name="strength", role="status", aria_live="polite")
    hint = _("At least {least} characters. Four words in a row are easy to remember.")
    words = strength_words(least)
    marks = {f"data-{key}": value for key, value in words.items()}
    return password(
        name,
        label,
        strength=said,
        **{
            "autocomplete": "new-password",
            "hint": hint.format(least=least),
            "min_length": least,
            "required": True,
            "custom_attrs": {"data-strength": place, "data-own": own, **marks},
            **options,
        },
    )


def strength_words(least: int) -> dict[str, str]:
    """Returns the words for strength.js, which has none of its own."""
    return {
        "least": str(least),
        "short": _("Too short: {count} more characters"),
        "one-short": _("Too short: one more character"),
        "easy": _("Long enough, but easy to guess"),
        "fair": _("Good"),
        "strong": _("Very good"),
    }


def textarea(name: Text, label: Text, *, rows: int = 5, **options: Any) -> rx.Component:
    """Several lines of text."""
    key = options.pop("id", name)
    optional = options.pop("optional", False)
    props, notes = _wiring(key, options)
    area = rx.el.textarea(id=key, name=name, rows=str(rows), class_name="in", **props)
    return _field(_label(key, label, optional=optional), notes.hint, area, notes.error)


def select(
    name: Text, label: Text, choices: Any, *, first: Text = "", **options: Any
) -> rx.Component:
    """A native list. `choices`: list of (value, words), or a Var of rows with `value`, `words`."""
    key = options.pop("id", name)
    optional = options.pop("optional", False)
    props, notes = _wiring(key, options)
    if isinstance(choices, rx.Var):
        items: list[Any] = [
            rx.foreach(choices, lambda one: rx.el.option(one.words, value=one.value))
        ]
    else:
        items = [rx.el.option(words, value=value) for value, words in choices]
    if is_given(first):
        items.insert(0, rx.el.option(first, value=""))
    chosen = rx.el.select(*items, id=key, name=name, class_name="in", **props)
    arrow = rx.el.span(chosen, icon.show("down"), class_name="sel")
    return _field(_label(key, label, optional=optional), notes.hint, arrow, notes.error)


def checkbox(
    name: Text,
    label: Text,
    *,
    detail: Text = "",
    error: Text = "",
    checked: Any = False,
    **props: Any,
) -> rx.Component:
    """One box with its words beside it; all of it can be tapped."""
    key = props.pop("id", name)
    box = rx.el.input(
        type="checkbox",
        id=key,
        name=name,
        default_checked=checked,
        aria_describedby=f"{key}-error",
        aria_invalid=_invalid(error),
        **props,
    )
    words = rx.el.span(label, when(detail, rx.el.small(detail)))
    return rx.el.div(
        rx.el.label(box, words, html_for=key, class_name="pick alone"),
        _error(key, error),
        class_name="field",
    )


def radio(
    name: str,
    legend: Text,
    choices: Any,
    *,
    hint: Text = "",
    error: Text = "",
    value: Text = "",
    **props: Any,
) -> rx.Component:
    """One of a few, all in sight. `choices`: list of (value, words, detail), or a Var of rows."""

    def one(key: Text, words: Text, detail: Text) -> rx.Component:
        box = rx.el.input(type="radio", name=name, value=key, default_checked=value == key, **props)
        return rx.el.label(
            box, rx.el.span(words, when(detail, rx.el.small(detail))), class_name="pick"
        )

    if isinstance(choices, rx.Var):
        items: list[Any] = [rx.foreach(choices, lambda row: one(row.value, row.words, row.detail))]
    else:
        items = [one(key, words, detail) for key, words, detail in choices]
    return rx.el.fieldset(
        rx.el.legend(legend),
        _hint(name, hint),
        rx.el.div(*items, class_name="list"),
        _error(name, error),
        class_name="field",
        id=name,
        tab_index=-1,
        aria_describedby=f"{name}-hint {name}-error",
    )


def error_summary(title: Text, errors: Any) -> rx.Component:
    """Lists what needs another look, each linked to its field; hidden while there is none.

    `errors` is a Var of rows with `field` (the field's id) and `words`. Announced at once; send
    the focus here with `rx.set_focus(field.SUMMARY_ID)` where the form is long.
    """
    items = rx.foreach(
        errors, lambda error: rx.el.li(link.anchored(error.words, href=f"#{error.field}"))
    )
    body = rx.el.div(rx.el.h2(title), rx.el.ul(items, class_name="stack"))
    note = rx.el.div(
        icon.show("stop"),
        body,
        class_name="note bad",
        role="alert",
        tab_index=-1,
        id=SUMMARY_ID,
        data_keeps_focus="true",
    )
    return rx.cond(errors.length() > 0, note, rx.fragment())


class _Notes:
    """The hint above a field and the error below it."""

    def __init__(self, key: Text, hint: Text, error: Text) -> None:
        self.hint = _hint(key, hint)
        self.error = _error(key, error)


def _line(shape: Any, name: Text, label: Text, **options: Any) -> rx.Component:
    key = options.pop("id", name)
    optional = options.pop("optional", False)
    props, notes = _wiring(key, options)
    box = rx.el.input(id=key, name=name, type=shape, class_name="in", **props)
    return _field(_label(key, label, optional=optional), notes.hint, box, notes.error)


def _wiring(key: Text, options: dict[str, Any]) -> tuple[dict[str, Any], _Notes]:
    hint, error = options.pop("hint", ""), options.pop("error", "")
    props = dict(options)
    if "autocomplete" in props:
        props["auto_complete"] = props.pop("autocomplete")
    if "value" in props:
        props["default_value"] = props.pop("value")
    described = [f"{key}-hint"] if is_given(hint) else []
    described += [f"{key}-error"] if is_given(error) else []
    if described:
        props["aria_describedby"] = " ".join(described)
    if is_given(error):
        props["aria_invalid"] = _invalid(error)
    return props, _Notes(key, hint, error)


def _field(*parts: Child) -> rx.Component:
    return rx.el.div(*parts, class_name="field")


def _label(key: Text, label: Text, *, optional: bool) -> rx.Component:
    more = rx.el.span(" ", _("(optional)"), class_name="opt") if optional else rx.fragment()
    return rx.el.label(label, more, html_for=key)


def _hint(key: Text, hint: Text) -> rx.Component:
    return when(hint, rx.el.span(hint, id=f"{key}-hint", class_name="hint"))


def _error(key: Text, error: Text) -> rx.Component:
    words = rx.el.span(
        icon.show("stop", small=True), rx.el.span(error), class_name="err", id=f"{key}-error"
    )
    return when(error, words)


def _invalid(error: Text) -> Any:
    return (
        rx.cond(error != "", "true", "false")
        if isinstance(error, rx.Var)
        else ("true" if error else "false")
    )
