"""People and roles: who may sign in, one account, and inviting somebody who works here."""

from typing import Any

import reflex as rx

from portal.components import (
    badge,
    button,
    definition,
    dialog,
    field,
    link,
    live_form,
    notice,
    pager,
    search,
    staff,
    table,
)
from portal.components.kinds import when
from portal.pages.admin import parts, way_back
from portal.pages.page import Page
from portal.state.staff.people import People, Person
from portal.words import _

COLUMNS = [
    table.Column(_("Name")),
    table.Column(_("Signs in as")),
    table.Column(_("Role")),
    table.Column(_("Second factor")),
    table.Column(_("Last seen")),
    table.Column(_("Account")),
]
ROLES = [
    ("practitioner", _("Practitioner")),
    ("nurse", _("Nurse")),
    ("front_desk", _("Front desk")),
    ("billing", _("Billing")),
    ("manager", _("Manager")),
    ("auditor", _("Auditor")),
    ("administrator", _("Administrator")),
]


def build() -> rx.Component:
    """Lays the list out."""
    return parts.page(
        People,
        _("People and roles"),
        staff.pile(
            _given_out(People.invited),
            _listed(),
            way_back.section(People.row),
            _invite(),
            _everybody(),
        ),
        current="people",
    )


def _listed() -> rx.Component:
    row: Any = People.row
    views = parts.chosen(
        _("Whose accounts"),
        [
            ("staff", _("Staff"), People.show("staff")),
            ("patients", _("Patients"), People.show("patients")),
            ("helpers", _("Helpers"), People.show("helpers")),
        ],
        row.group,
    )
    nobody = rx.el.p(
        _("Nobody fits. Try fewer letters, or look among the others."), class_name="in-panel quiet"
    )
    return staff.panel(
        _("Accounts"),
        rx.el.div(
            views,
            search.show(_("Find by name or sign-in name"), _("Find"), People.find, max_length=100),
            class_name="in-panel stack",
        ),
        rx.cond(
            row.people.length() > 0,
            table.data(_("Who may sign in"), COLUMNS, row.people, _person),
            nobody,
        ),
        pager.show(
            row.leaf.said,
            has_before=row.leaf.has_before,
            has_next=row.leaf.has_next,
            on_before=People.before,
            on_next=People.after,
        ),
        anchor="people",
        count=row.leaf.total,
    )


def _person(row: Any) -> list[rx.Component]:
    name = link.to(f"/admin/people/{row.user_id}", row.name)
    you = rx.cond(row.is_you, rx.el.span(" ", _("(you)"), class_name="quiet"), rx.fragment())
    return [
        table.name_cell(name, you),
        table.cell(row.sign_in_name),
        table.cell(row.role),
        table.cell(row.factors),
        table.cell(row.last),
        table.cell(badge.show(row.status, row.tone), " ", parts.flag(row.idle)),
    ]


def _invite() -> rx.Component:
    form = live_form.of(
        rx.el.div(
            field.text("name", _("Name"), autocomplete="off", max_length=300, required=True),
            field.text(
                "new_sign_in_name",
                _("Sign-in name"),
                hint=_("Their work e-mail address, for example. It can stay as it is for good."),
                autocomplete="off",
                max_length=254,
                required=True,
            ),
            field.select("role", _("Role"), ROLES, first=_("Choose a role"), required=True),
            field.email(
                "email",
                _("E-mail address for the link"),
                hint=_("Left empty, the link is shown here, for you to hand over."),
                autocomplete="off",
                optional=True,
            ),
            class_name="stack",
        ),
        button.group(button.main(_("Invite"), type="submit")),
        on_submit=People.invite,
        reset_on_submit=True,
        class_name="stack",
    )
    return staff.panel(
        _("Invite somebody who works here"),
        rx.el.div(
            rx.el.p(
                _(
                    "They choose their own password, and then set up a second factor: nobody "
                    "who works here gets in without one."
                ),
                class_name="quiet",
            ),
            form,
            class_name="in-panel stack",
        ),
        anchor="invite",
    )


def _given_out(row: Any) -> rx.Component:
    """What an invitation gives out, shown once: after this page it is nowhere."""
    mailed = rx.el.p(_("The link goes by e-mail to"), " ", row.mailed_to)
    link_shown = definition.entry(_("Link"), rx.el.code(row.link, class_name="breaks"))
    code_shown = definition.entry(_("Code, to be told apart"), rx.el.code(row.code))
    body = rx.el.div(
        rx.el.h2(_("Invitation for"), " ", row.name),
        rx.el.p(_("It is shown only now. Send link and code in two different ways.")),
        when(row.mailed_to, mailed),
        definition.show(
            definition.entry(_("Signs in as"), row.sign_in_name),
            when(row.link, link_shown),
            when(row.code, code_shown),
        ),
        class_name="panel in-panel stack",
        id="invited",
        tab_index=-1,
    )
    return when(row.name, body)


def _everybody() -> rx.Component:
    anchor = "end-everybody"
    return staff.panel(
        _("After a break-in"),
        rx.el.div(
            rx.el.p(
                _(
                    "Ends every sign-in of everybody but yours, within two seconds. Nobody is "
                    "locked out: all sign in anew. What they are writing just now is kept."
                )
            ),
            button.group(dialog.opener(anchor, _("End all sign-ins"))),
            dialog.confirm(
                anchor,
                _("End all sign-ins?"),
                _("Everybody but you has to sign in again: patients, helpers and the staff."),
                act=_("End all sign-ins"),
                keep=_("Leave them"),
                on_confirm=People.end_everybody,
            ),
            class_name="in-panel stack",
        ),
        anchor="break-in",
    )


def build_one() -> rx.Component:
    """Lays one account out."""
    row: Any = Person.row
    return parts.page(
        Person,
        _("Account"),
        staff.pile(
            link.back("/admin/people", _("People and roles")),
            _given_out(Person.invited),
            _facts(row),
            rx.cond(row.may_change, _role(row), rx.fragment()),
            _sign_ins(row),
            rx.cond(row.may_change, _account(row), _not_yours(row)),
        ),
        current="people",
    )


def _facts(row: Any) -> rx.Component:
    person = row.person
    proven = rx.cond(row.is_proven, _("proven"), _("not proven yet"))
    email = rx.cond(
        row.email != "", rx.fragment(row.email, " (", proven, ")"), rx.fragment(_("None"))
    )
    return staff.panel(
        person.name,
        definition.show(
            definition.entry(_("Signs in as"), person.sign_in_name),
            definition.entry(_("Role"), person.role),
            definition.entry(
                _("Account"), badge.show(person.status, person.tone), " ", parts.flag(person.idle)
            ),
            definition.entry(_("Second factor"), person.factors),
            definition.entry(_("E-mail"), email),
            definition.entry(_("Last seen"), person.last),
            definition.entry(_("Since"), row.since),
        ),
        anchor="account",
    )


def _role(row: Any) -> rx.Component:
    form = live_form.of(
        field.select("role", _("New role"), row.roles, value=row.role_code),
        rx.el.p(
            _("Open pages of this person close within two seconds; they sign in again."),
            class_name="quiet",
        ),
        button.group(button.plain(_("Change the role"), type="submit")),
        on_submit=Person.change_role,
        class_name="in-panel stack",
    )
    return rx.cond(
        row.roles.length() > 0, staff.panel(_("Role"), form, anchor="new-role"), rx.fragment()
    )


def _sign_ins(row: Any) -> rx.Component:
    def one(found: Any) -> rx.Component:
        half = rx.cond(found.is_half, badge.show(_("Second step open"), "info"), rx.fragment())
        return staff.item(found.device, found.address, found.since, acts=[half])

    end = rx.cond(
        row.may_change,
        rx.el.div(
            button.plain(_("End all of these"), on_click=Person.end_sign_ins), class_name="in-panel"
        ),
        rx.fragment(),
    )
    some = rx.fragment(rx.el.ul(rx.foreach(row.sign_ins, one), class_name="lines"), end)
    none = rx.el.p(_("Not signed in anywhere."), class_name="in-panel quiet")
    return staff.panel(
        _("Signed in"),
        rx.cond(row.sign_ins.length() > 0, some, none),
        anchor="sign-ins",
        count=row.sign_ins.length(),
    )


def _account(row: Any) -> rx.Component:
    anchor = "disable"
    again = rx.cond(
        row.is_staff & row.is_invited,
        button.plain(_("New invitation"), on_click=Person.invite_again),
        rx.fragment(),
    )
    close = rx.cond(
        row.person.is_disabled,
        button.plain(_("Enable"), on_click=Person.enable),
        dialog.opener(anchor, _("Disable")),
    )
    return staff.panel(
        _("This account"),
        rx.el.div(
            rx.el.p(
                _(
                    "Disabling ends every sign-in within two seconds and lets none begin. "
                    "Nothing is deleted. For a lost password, begin a way back in under Requests."
                )
            ),
            button.group(close, again),
            dialog.confirm(
                anchor,
                _("Disable this account?"),
                _("The person is signed out everywhere and cannot sign in until it is enabled."),
                act=_("Disable"),
                keep=_("Leave it"),
                on_confirm=Person.disable,
            ),
            class_name="in-panel stack",
        ),
        anchor="this-account",
    )


def _not_yours(row: Any) -> rx.Component:
    you = _("This is your own account: what is yours you change under Settings.")
    above = _("Only an administrator may change an administrator’s account.")
    return rx.cond(row.person.is_you, notice.info(you), notice.info(above))


page = Page("/admin/people", _("People and roles"), build, on_load=People.open)
one_page = Page("/admin/people/[id]", _("Account"), build_one, on_load=Person.open)
