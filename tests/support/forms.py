"""Forms for tests: one that is asked of Alice, and what is answered to it."""

from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from portal.models.forms import Questionnaire, QuestionnaireItem, QuestionnaireResponse
from portal.models.messages import Thread
from portal.services import forms, inbox
from portal.services.messages import links
from tests.support.clinic import NOW, Clinic, thread

# By the questions' link ids: their kind, and whether an answer is needed.
QUESTIONS = {
    "hello": ("display", False),
    "reason": ("string", True),
    "story": ("text", False),
    "smokes": ("boolean", False),
    "side": ("choice", False),
    "since": ("date", False),
    "how-often": ("integer", False),
}
SIDES = "Left\nRight\nBoth"
GIVEN = {
    "reason": "A sore knee",
    "smokes": "false",
    "side": "Left",
    "since": "2026-02-01",
    "how-often": "3",
}


def ask(at: Clinic, who: str, verb: Callable[..., Any], helping: str = "", **given: Any) -> Any:
    """Lets somebody do something in a transaction of its own; `_held` are scopes of a help."""
    held = given.pop("held", "")
    with at.base.transaction() as db:
        actor = at.actor(who, helping=helping, held=held)
        return verb(db, actor, **{"now": NOW, **given})


def made(at: Clinic, status: str = "active", **changes: Any) -> Questionnaire:
    """Writes a form with a question of each kind; returns it."""
    given: dict[str, Any] = {"title": "Before your visit", "status": status, "changed_at": NOW}
    given["published_at"] = None if status == "draft" else NOW
    form = Questionnaire(**(given | changes))
    at.add(form)
    at.add(
        *(
            QuestionnaireItem(
                questionnaire_id=form.id,
                link_id=link_id,
                position=place,
                kind=kind,
                text=f"About {link_id}",
                required=required,
                options=SIDES if kind == "choice" else "",
            )
            for place, (link_id, (kind, required)) in enumerate(QUESTIONS.items())
        )
    )
    return form


def talk(at: Clinic, patient: str = "alice", **changes: Any) -> Thread:
    """Writes a conversation, about a form unless changed; returns it."""
    one = thread(at, patient, **({"topic": "form"} | changes))
    at.add(one)
    return one


def asked(at: Clinic, who: str = "frank", **changes: Any) -> str:
    """Lets the clinic ask the form in a conversation of its own; returns what was asked."""
    one, form = talk(at, **changes), made(at)
    send_link(at, who, one, form.id, key=form.id)
    (row,) = asked_in(at, one)
    return row


def send_link(at: Clinic, who: str, one: Thread, form_id: str, key: str = "letter") -> str:
    """Answers a conversation with a link to a form; returns the id of the letter."""
    body = f"Please fill this in: {links.address(f'/forms/{form_id}')}."
    given = {"thread_id": one.id, "client_key": key, "body": body, "seen": ""}
    return ask(at, who, inbox.answer, **given).message_id


def asked_in(at: Clinic, one: Thread) -> list[str]:
    """Returns the forms that a conversation has asked."""
    with at.base.reading() as db:
        query = select(col(QuestionnaireResponse.id))
        return list(db.exec(query.where(col(QuestionnaireResponse.thread_id) == one.id)))


def send(at: Clinic, form: str, who: str = "alice", helping: str = "", **changes: Any) -> int:
    """Sends the answers; returns how often the form was sent then."""
    tab = changes.pop("tab", "tab")
    number = changes.pop("number", 0)
    given: dict[str, Any] = {
        "answers": GIVEN,
        "number": number,
        "seen": 1000,
        "tab": tab,
        "client_key": f"{tab}.{form}.{number + 1}",
    }
    return ask(at, who, forms.send, helping, response_id=form, **(given | changes))


def keep(at: Clinic, form: str, link_id: str, words: str, who: str = "alice", **more: Any) -> str:
    """Keeps an answer while it is written; returns how that is said."""
    given: dict[str, Any] = {"number": 0, "seen": 0, "tab": "tab"}
    given |= {"response_id": form, "link_id": link_id, "words": words}
    return ask(at, who, forms.keep, **(given | more))
