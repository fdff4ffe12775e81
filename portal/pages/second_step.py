"""The second step of signing in: a code or a passkey; the first time, setting one up.

The form of the code works before any script has run; what else there is comes with the state.
"""

import reflex as rx

from portal.components import button, field, icon, live_form, notice, passkey, raw_form
from portal.pages.page import Page
from portal.pages.public import around
from portal.services.signing_in import SECOND_STEP
from portal.state.front_door import Door
from portal.state.second_step import Step
from portal.words import _

CODE = "/auth/second-step"
SEND = "/auth/second-step/send"
ON = "/auth/second-step/on"
LEAVE = "/auth/sign-out"


def build() -> rx.Component:
    """Lays the second step out."""
    row = Step.row
    return around.framed(
        rx.cond(row.stage == "enrol", _("Set up your second step"), _("Enter your code")),
        *_told(),
        _problem(),
        rx.cond(row.stage == "enrol", _enrol(), _step()),
        _leave(),
        passkey.script(),
        lead=rx.cond(
            row.stage == "enrol",
            _("A password can be stolen. From now on a second thing that you have keeps it safe."),
            rx.cond(row.sent_to != "", _sent_words(), _lead()),
        ),
    )


def _lead() -> str:
    return _("Your password was right. One more step keeps your record safe.")


def _sent_words() -> rx.Var[str]:
    row = Step.row
    sent, at, holds = _("We sent 6 digits to"), _("at"), _("They work for 10 minutes.")
    return rx.Var.create(f"{sent} {row.sent_to} {at} {row.sent_at}. {holds}")


def _told() -> list[rx.Component]:
    return [
        notice.at(
            "wrong",
            "bad",
            _("That did not fit"),
            _("Look at the newest code and type it again. A code works once; an app’s changes"),
        ),
        notice.at(
            "wait",
            "warn",
            _("Too many wrong codes"),
            _("Wait a quarter of an hour, then start again with your password. Or call us."),
        ),
        notice.at(
            "soon",
            "warn",
            _("We have just sent a code"),
            _("Look for it, also among unwanted mail. In a minute you can ask for another one."),
        ),
        notice.at(
            "sent",
            "ok",
            _("A new code is on its way"),
            _("Only the newest one works. It may take a minute to arrive."),
        ),
        notice.at(
            "call",
            "bad",
            _("Codes do not work for this account any more"),
            _("Too many wrong ones were entered. A new password alone does not change that."),
            around.phone_line(_("Call us or come by, and say that your codes are closed:"), "."),
            _("We check who you are and begin anew. Then you set up a new second step yourself."),
        ),
    ]


def _problem() -> rx.Component:
    told = rx.el.div(notice.bad(Step.problem), class_name="told")
    return rx.cond(Step.problem != "", told, rx.fragment())


def _step() -> rx.Component:
    row = Step.row
    typed = field.text(
        "code",
        _("Code"),
        hint=rx.cond(
            row.has_email,
            _("The 6 digits from the e-mail"),
            _("The 6 digits that your app shows, or one of your printed recovery codes"),
        ),
        autocomplete="one-time-code",
        auto_capitalize="characters",
        spell_check=False,
        max_length=40,
        required=True,
    )
    form = raw_form.post(CODE, typed, _trust(), button.main(_("Go on"), type="submit", full=True))
    with_key = rx.el.div(
        passkey.ask("second", _("Use your passkey"), is_main=True),
        rx.el.p(_("or with a code"), class_name="or"),
        class_name="stack",
    )
    card = rx.el.div(
        rx.cond(row.has_passkey, with_key, rx.fragment()),
        form,
        _others(),
        class_name="card door",
    )
    return rx.fragment(_demo(), card)


def _trust() -> rx.Component:
    row = Step.row
    days = rx.Var.create(f"{_('Do not ask on this device for')} {row.trusted_days} {_('days')}")
    box = field.checkbox("trust", days, detail=_("Only if nobody else uses it"))
    return rx.cond(row.may_trust, box, rx.fragment())


def _others() -> rx.Component:
    row = Step.row
    again = raw_form.post(SEND, button.plain(_("Send a new code"), type="submit", full=True))
    weaker = rx.el.p(
        _(
            "A code by e-mail is the weaker way: whoever reads your mail has it. "
            "You can set up a passkey or an app in the settings."
        ),
        class_name="quiet small",
    )
    recovery = rx.el.p(
        icon.show("file", small=True),
        " ",
        _("No phone at hand? Type one of your ten printed recovery codes into the field above."),
        class_name="small",
    )
    lost = around.phone_line(_("Nothing works? Call us, we help you in:"))
    return rx.el.div(
        rx.cond(row.has_email, rx.fragment(again, weaker), rx.fragment()),
        rx.cond(row.has_recovery, recovery, rx.fragment()),
        lost,
        class_name="stack",
    )


def _demo() -> rx.Component:
    """In a demo: the code that the mail or the app would show, and one tap that enters it."""
    row = Step.row
    code = rx.el.div(
        notice.info(
            _("This is a demo: here is the code"),
            rx.el.p(
                rx.cond(
                    row.has_email,
                    _("It would come by e-mail:"),
                    _("An authenticator app would show:"),
                ),
                " ",
                rx.el.b(row.demo_code, class_name="nb", id="demo-code"),
            ),
            raw_form.post(
                CODE,
                rx.el.input(type="hidden", name="code", value=row.demo_code),
                button.plain(_("Use this code"), type="submit"),
            ),
        ),
        class_name="doors",
    )
    wait = rx.el.div(
        notice.info(
            _("This is a demo: the next code comes soon"),
            rx.el.p(
                _("A code works once, and this one was used. Seconds until the next:"),
                " ",
                rx.el.b(row.demo_wait),
            ),
            rx.el.p(button.plain(_("Show the next code"), on_click=Step.open)),
        ),
        class_name="doors",
    )
    none = rx.fragment()
    return rx.cond(row.demo_code != "", code, rx.cond(row.demo_wait > 0, wait, none))


def _enrol() -> rx.Component:
    done = rx.cond(Step.has_new_codes, _codes(), _codes_next())
    choose = rx.cond(Step.app.factor_id != "", _app(), _choice())
    return rx.el.div(rx.cond(Step.row.is_enrolled, done, choose), class_name="card door")


def _choice() -> rx.Component:
    return rx.fragment(
        rx.el.h2(_("Choose what suits you")),
        passkey.ask("register", _("Passkey on this device"), is_main=True),
        rx.el.p(
            _("Fingerprint, face or PIN of this phone or computer. The safest, nothing to type."),
            class_name="quiet small",
        ),
        rx.el.p(_("or"), class_name="or"),
        button.plain(_("Authenticator app"), on_click=Step.enrol_app, icon_name="lock", full=True),
        rx.el.p(
            _("An app on your phone shows six digits that change every half a minute."),
            class_name="quiet small",
        ),
    )


def _app() -> rx.Component:
    app = Step.app
    picture = rx.el.svg(
        rx.el.path(d=app.path, fill="#000"),
        view_box=rx.Var.create(f"0 0 {app.size} {app.size}"),
        class_name="qr",
        role="img",
        aria_label=_("QR code for your authenticator app"),
    )
    form = live_form.of(
        field.text(
            "code",
            _("The 6 digits that the app shows now"),
            autocomplete="one-time-code",
            input_mode="numeric",
            max_length=10,
            required=True,
        ),
        button.main(_("Confirm"), type="submit", full=True),
        on_submit=Step.confirm_app,
    )
    return rx.fragment(
        rx.el.h2(_("Add it to your app")),
        rx.el.p(_("Scan this with your authenticator app. It is shown only now.")),
        picture,
        rx.el.p(_("No camera? Type this into the app:"), class_name="small"),
        rx.el.p(rx.el.code(app.words, id="app-words"), class_name="typed"),
        form,
        button.link_like(_("Choose another way"), on_click=Step.choose_again),
    )


def _codes_next() -> rx.Component:
    return rx.fragment(
        notice.ok(_("Your second step is set up")),
        rx.el.h2(_("Now your recovery codes")),
        rx.el.p(_("Ten codes on paper let you in when your phone or computer is lost or broken.")),
        button.main(_("Show my ten codes"), on_click=Step.make_codes, full=True),
        _go_on(_("Go on without them"), is_main=False),
    )


def _codes() -> rx.Component:
    return rx.fragment(
        rx.el.h2(_("Your recovery codes")),
        rx.el.p(_("Print or write them down now: they are not shown again. Each works once.")),
        rx.el.ol(
            rx.foreach(Step.codes, lambda code: rx.el.li(rx.el.code(code))), class_name="codes"
        ),
        button.print_page(_("Print them")),
        _go_on(_("I have them, go on"), is_main=True),
    )


def _go_on(words: str, *, is_main: bool) -> rx.Component:
    make = button.main if is_main else button.plain
    return raw_form.post(ON, make(words, type="submit", full=True))


def _leave() -> rx.Component:
    back = raw_form.post(LEAVE, button.link_like(_("Start again with another name"), type="submit"))
    return rx.el.div(back, class_name="doors")


page = Page(
    SECOND_STEP,
    _("Second step"),
    build,
    on_load=[Step.open, Door.open],
    is_public=True,
)
