"""The pages of a link to a visit: its day and hour, the answers, and where the link has ended."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from portal.api.plain import fields
from portal.api.plain.frame import note, page, phone_link
from portal.api.plain.markup import Html, el, icon
from portal.services.front_door import DoorRow
from portal.services.visit_links import GivingUpRow, VisitRow
from portal.words import _

Values = Mapping[str, str]
_WRONG = 422


def answer(
    door: DoorRow,
    row: VisitRow,
    *,
    done: str = "",
    values: Values | None = None,
    is_wrong: bool = False,
) -> Response:
    """Shows when the visit is and asks for an answer."""
    if not row.may_act:
        return not_yours(door, _("You may look at this visit, but not answer for it."))
    return page(
        door,
        _("Your visit") if row.is_own else _("A visit of somebody you help"),
        _wrong(door) if is_wrong else _done(door, row, done),
        el(
            "div",
            _confirm(row),
            _late(row),
            _give_up(row, values or {}, is_open=is_wrong),
            class_="card door",
        ),
        lead=el("b", row.when),
        status=_WRONG if is_wrong else 200,
    )


def _done(door: DoorRow, row: VisitRow, done: str) -> Html | None:
    if done == "late":
        return note(
            "ok", _("The front desk sees it now"), _("Expected at about {time}. Travel safely.")
            .format(time=row.expected),
        )  # fmt: skip
    if done == "confirmed":
        call = el("p", _("If something comes up, open this link again or call us:"), " ",
                  phone_link(door), ".")  # fmt: skip
        return note("ok", _("Thank you, we expect you"), call)
    if row.expected:
        said = _("Expected at about {time}.").format(time=row.expected)
        return note("info", _("The front desk knows that it will be late"), said)
    if row.is_confirmed:
        return note("ok", _("This visit is confirmed"))
    return None


def _confirm(row: VisitRow) -> Html | None:
    if row.is_confirmed:
        return None
    words = _("Yes, I am coming") if row.is_own else _("Yes, they are coming")
    return el("form", fields.hidden(step="confirm"), fields.submit(words), method="post")


def _late(row: VisitRow) -> Html | None:
    if not row.late:
        return None
    label = _("I am running late, by") if row.is_own else _("They are running late, by")
    return el(
        "form",
        fields.hidden(step="late"),
        _choice("minutes", label, row.late),
        el("button", _("Tell the front desk"), type="submit", class_="btn full"),
        method="post",
    )


def _give_up(row: VisitRow, values: Values, *, is_open: bool) -> Html:
    form = el(
        "form",
        fields.hidden(step="prove"),
        el(
            "p",
            _("So that nobody else gives your visit away, we ask for the patient’s birth date."),
        ),
        fields.birth_date(values, errors={}),
        el("button", _("Go on"), type="submit", class_="btn full"),
        method="post",
    )
    words = _("I cannot come") if row.is_own else _("They cannot come")
    summary = el("summary", words, class_="more")
    return el("details", summary, form, open=is_open)


def _wrong(door: DoorRow) -> Html:
    return note(
        "bad",
        _("That is not the birth date that we have"),
        el("p", _("Nothing was changed. Check it, or call us:"), " ", phone_link(door), "."),
    )


def giving_up(door: DoorRow, row: GivingUpRow, values: Values) -> Response:
    """Shows with whom the visit is and what giving it up means, and asks why."""
    kept = {name: values.get(name, "") for name in ("day", "month", "year")}
    said = _("With {who}").format(who=row.who) if row.who else ""
    late = (
        note("warn", row.late, _("Please tell us why, so that we can plan better."))
        if row.late
        else None
    )
    choices = [("", _("I would rather not say")), *row.reasons]
    form = _form(
        fields.hidden(step="cancel", **kept),
        _choice("code", _("Why? You need not say."), choices),
        fields.submit(_("Give this visit up")),
    )
    back = el("p", el("a", icon("prev", small=True), _("Keep the visit"), href="", class_="btn"))
    lead = el("span", el("b", row.when), el("br"), said)
    return page(door, _("Give this visit up?"), late, form, back, lead=lead)


def given_up(door: DoorRow) -> Response:
    """Says that the time is free again."""
    inside = note(
        "ok",
        _("Your visit is cancelled"),
        _("Its time goes to somebody who waits for one. You get no reminders of it any more."),
    )
    way = el("p", el("a", _("Sign in to book another one"), href="/", class_="btn"))
    return page(door, _("Your visit"), inside, _call(door, _("Or call us:")), way)


def changed(door: DoorRow) -> Response:
    """Says that the visit is not as it was when the mail was written; not what became of it."""
    inside = note(
        "warn",
        _("This visit was changed since we wrote to you"),
        _("Sign in to see how it stands now. This link does nothing any more."),
    )
    way = el("p", el("a", _("Sign in"), href="/", class_="btn"))
    return page(door, _("Your visit"), inside, _call(door, _("Or call us:")), way, status=409)


def not_yours(door: DoorRow, words: str) -> Response:
    """Says that this account may look, but not answer."""
    inside = note("info", _("Somebody else has to answer"), words)
    return page(door, _("Your visit"), inside, _call(door, _("Or call us:")), status=403)


def not_so(door: DoorRow, words: str) -> Response:
    """Says that an answer cannot be taken as it was sent."""
    inside = note("warn", _("Nothing was changed"), words)
    back = el("p", el("a", icon("prev", small=True), _("Back"), href="", class_="btn"))
    return page(door, _("Your visit"), inside, back, status=_WRONG)


def over(door: DoorRow) -> Response:
    """Says that a link opens nothing: the same words whether it ended or never was."""
    inside = note(
        "bad",
        _("This link does not work any more"),
        _("The visit has begun, or the link is not whole. Copy all of it from the mail."),
    )
    return page(door, _("Your visit"), inside, _call(door, _("Or call us:")), status=404)


def wait(door: DoorRow) -> Response:
    """Says that it has to wait: nothing is lost."""
    inside = note(
        "warn",
        _("That was too many tries"),
        _("Nothing was changed. Wait a while, then open your link again."),
    )
    return page(door, _("Your visit"), inside, _call(door, _("Or call us:")), status=429)


def _call(door: DoorRow, words: str) -> Html:
    return el("p", words, " ", phone_link(door), ".")


def _form(*inside: object) -> Html:
    """A form without an address goes to the page's own: the link itself."""
    return el("div", el("form", *inside, method="post"), class_="card door")


def _choice(name: str, label: str, choices: Sequence[tuple[str, str]]) -> Html:
    options = [el("option", words, value=value or "none") for value, words in choices]
    chosen = el("select", *options, id=name, name=name, class_="in")
    box = el("span", chosen, icon("down"), class_="sel")
    return el("div", el("label", label, for_=name), box, class_="field")
