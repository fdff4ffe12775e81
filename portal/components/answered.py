"""What was answered to a form: every question with its answer, to read and to print."""

from typing import Any

import reflex as rx

from portal.components import definition, section
from portal.components.kinds import when
from portal.words import _


def versions(rows: Any) -> rx.Component:
    """What was sent, the newest open, older ones behind their heading.

    `rows` is a Var of rows with `said` and `answers`, whose rows have `text` and `said`.
    """

    def version(row: Any, place: Any) -> rx.Component:
        # On paper, where nothing is behind a heading, each says when it was sent, too.
        said = rx.el.p(row.said, class_name="quiet")
        sent = rx.el.div(said, _answers(row), class_name="stack")
        about = rx.el.span(": ", row.said, class_name="vh")
        older = rx.el.details(section.opener(_("Earlier answers"), about), sent)
        return rx.el.div(rx.cond(place == 0, sent, older), key=row.number)

    return section.card(rx.foreach(rows, version))


def _answers(row: Any) -> rx.Component:
    return definition.show(rx.foreach(row.answers, _answer), wide=False)


def _answer(one: Any) -> rx.Component:
    nothing = rx.el.span(_("Not answered"), class_name="quiet")
    said = when(one.said, rx.el.span(one.said, class_name="text"))
    return definition.entry(one.text, rx.cond(one.said == "", nothing, said))
