"""What a route looks like: layout and words, no query and no rule."""

import reflex as rx

from portal.pages import agreements, around, confirm, second_step, settings, sign_in
from portal.pages.admin import (
    access,
    answers,
    outbox,
    overview,
    people,
    policies,
    pools,
    schedules,
    security,
    texts,
)
from portal.pages.admin import forms as made_forms
from portal.pages.admin import prevention as check_up_rules
from portal.pages.patient import (
    appointments,
    book,
    calendar,
    family,
    forms,
    home,
    looks,
    messages,
    prevention,
    record,
    results,
    waitlist,
)
from portal.pages.public import back, forgotten, good_to_know, helping, nowhere, register
from portal.pages.staff import chart, helps, inbox, patients, requests, schedule, today
from portal.pages.staff import forms as filled_forms
from portal.pages.staff import waitlist as waiting_list

_STAFF = (
    today.page,
    today.results_page,
    schedule.page,
    waiting_list.page,
    patients.page,
    chart.page,
    filled_forms.page,
    inbox.page,
    *helps.pages,
    overview.page,
    requests.page,
    people.page,
    access.page,
    people.one_page,
    *schedules.pages,
    policies.page,
    texts.page,
    pools.page,
    answers.page,
    made_forms.page,
    check_up_rules.page,
    security.page,
    outbox.page,
)


def add_all(app: rx.App) -> None:
    """Adds every page to the app."""
    around.furnish()
    front = [
        sign_in.page,
        second_step.page,
        confirm.page,
        helping.page,
        *register.pages,
        *forgotten.pages,
        back.page,
        *good_to_know.pages,
        *agreements.pages,
        agreements.agree_page,
        nowhere.page,
    ]
    theirs = [
        home.page,
        appointments.list_page,
        book.page,
        calendar.page,
        waitlist.page,
        appointments.one_page,
        messages.list_page,
        messages.new_page,
        messages.one_page,
        results.list_page,
        results.one_page,
        record.page,
        prevention.page,
        *forms.pages,
        looks.page,
        family.page,
        family.closed_page,
        *settings.pages,
    ]
    for page in (*front, *theirs, *_STAFF):
        page.add_to(app)
