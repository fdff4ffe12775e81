"""The pages on which an account is opened: the proof, the choice, and where a link has ended."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from portal.api.plain import fields
from portal.api.plain.frame import note, page, phone_link, problems
from portal.api.plain.markup import Html, el
from portal.api.plain.texts import folded
from portal.services.agreements import TextRow
from portal.services.front_door import DoorRow
from portal.services.invitations import Opening, Proved
from portal.words import _

Values = Mapping[str, str]
_WRONG = 422


def agree_first() -> str:
    """Says why the box is needed."""
    return _("Tick this box to go on. Without it there is no account; call us if you have doubts.")


def over(door: DoorRow) -> Response:
    """Says that a link opens nothing: the same words whether it was used or never was."""
    call = el(
        "p",
        _("It was used, it is too old, or it was tried too often. For a new one call us:"),
        " ",
        phone_link(door),
        ".",
    )
    inside = note(
        "bad",
        _("This link does not work any more"),
        call,
        _("If you have opened your account with it, you can sign in."),
    )
    way = el("p", el("a", _("Sign in"), href="/", class_="btn"))
    return page(door, _("Open your account"), inside, way, status=404)


def wait(door: DoorRow) -> Response:
    """Says that it has to wait: nothing is lost."""
    inside = note(
        "warn",
        _("That was too many tries"),
        _("Nothing was changed. Wait a minute, then open your link again."),
        el("p", _("Or call us:"), " ", phone_link(door), "."),
    )
    return page(door, _("Open your account"), inside, status=429)


def proof(door: DoorRow, asked: Opening, values: Values, *, is_wrong: bool = False) -> Response:
    """Asks for the code, and a patient for the birth date."""
    errors = {"code": _("Check each sign.")} if is_wrong else {}
    said = note(
        "bad",
        _("That does not go together"),
        _("Check the code, and the birth date of the patient. Nobody can see here which is wrong."),
        el("p", _("After five tries the link ends. Then call us:"), " ", phone_link(door), "."),
    )
    form = _form(
        fields.hidden(step="prove"),
        fields.line(
            "code",
            _("Code"),
            hint=_("Eight letters and numbers, like ACDE-3467. We gave it to you apart."),
            errors=errors,
            value=values.get("code", ""),
            autocomplete="off",
            autocapitalize="characters",
            spellcheck="false",
            maxlength="20",
            required=True,
        ),
        fields.birth_date(values, errors={}) if asked.asks_birth_date else None,
        fields.submit(_("Go on")),
    )
    return page(
        door,
        _("Open your account"),
        said if is_wrong else None,
        form,
        _no_code(door),
        lead=_("Step 1 of 2. So that nobody else opens your record, we ask what only you know."),
        status=_WRONG if is_wrong else 200,
    )


def choice(
    door: DoorRow,
    texts: Sequence[TextRow],
    proved: Proved,
    values: Values,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """Asks for sign-in name, password and agreement; what was proved goes along."""
    wrong = errors or {}
    kept = {name: values.get(name, "") for name in ("code", "day", "month", "year")}
    form = _form(
        fields.hidden(step="choose", **kept),
        _name(proved, values, wrong),
        fields.new_password(
            "password", _("Choose a password"), errors=wrong, own=_own(door, proved)
        ),
        _again(wrong),
        *_agreements(texts, values, wrong),
        fields.submit(_("Open my account")),
    )
    return page(
        door,
        _("Welcome, {name}").format(name=proved.name),
        problems(list(wrong.items())),
        form,
        lead=_("Step 2 of 2. Choose how you sign in from now on."),
        status=_WRONG if wrong else 200,
    )


def _form(*inside: object) -> Html:
    """A form without an address goes to the page's own: the link itself."""
    return el("div", el("form", *inside, method="post"), class_="card door")


def _no_code(door: DoorRow) -> Html:
    title = el("h2", _("No code, or no luck?"))
    call = el(
        "p",
        _("The code is on a sheet of its own, or the front desk told it to you. Call us:"),
        " ",
        phone_link(door),
        ".",
    )
    return el("div", title, call, class_="card pad stack")


def _name(proved: Proved, values: Values, errors: Mapping[str, str]) -> Html:
    if not proved.suggested:
        said = el("p", _("You sign in as:"), " ", el("b", proved.sign_in_name))
        unseen = el(
            "input",
            type="text",
            name="username",
            value=proved.sign_in_name,
            autocomplete="username",
            class_="vh",
            tabindex="-1",
            aria_hidden="true",
            readonly=True,
        )
        return Html(said + unseen)
    return fields.line(
        "sign_in_name",
        _("Your sign-in name"),
        hint=_("You can keep this one. Write it down: you need it each time."),
        errors=errors,
        value=values.get("sign_in_name", "") or proved.suggested,
        autocomplete="username",
        autocapitalize="none",
        spellcheck="false",
        maxlength="254",
        required=True,
    )


def _again(errors: Mapping[str, str]) -> Html:
    """Asks for the password twice only where no script can show what was typed."""
    label = el("label", _("The same once more"), for_="again")
    box = el(
        "input",
        type="password",
        id="again",
        name="again",
        class_="in",
        autocomplete="new-password",
        required=True,
    )
    error = (
        el("span", errors["again"], class_="err", id="again-error") if "again" in errors else None
    )
    return el("noscript", el("div", label, box, error, class_="field"))


def _agreements(texts: Sequence[TextRow], values: Values, errors: Mapping[str, str]) -> list[Html]:
    needed = [text for text in texts if text.is_needed]
    free = [text for text in texts if not text.is_needed]
    versions = {f"version_{text.kind}": text.version for text in texts}
    parts = [fields.hidden(**versions), *map(folded, needed)]
    if needed:
        parts.append(
            fields.agree_box(
                "agree",
                _("I agree to the terms of use and the privacy notice"),
                errors=errors,
                required=True,
                checked=bool(values.get("agree")),
            )
        )
    for text in free:
        parts += [
            folded(text),
            fields.agree_box(
                text.kind,
                _("Write me an e-mail when there is something new"),
                errors={},
                detail=_(
                    "As you like. Without it you have to look by yourself for new messages, "
                    "results and visits. You can change this at any time."
                ),
                checked=bool(values.get(text.kind)),
            ),
        ]
    return parts


def _own(door: DoorRow, proved: Proved) -> str:
    """What strength.js looks for in the password: what this page shows anyway."""
    return "\n".join(filter(None, (proved.name, proved.suggested, proved.sign_in_name, door.name)))
