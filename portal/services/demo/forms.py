"""The example form of the demo clinic, and whom it was asked."""

from datetime import timedelta

from portal.models.forms import Questionnaire, QuestionnaireItem, QuestionnaireResponse
from portal.models.messages import Communication, Thread
from portal.models.people import ReadMark
from portal.services.demo.people import Town
from portal.services.messages import links

TITLE = "Before your first visit"
# kind | whether an answer is needed | what is asked | what can be chosen
QUESTIONS = (
    (
        "display",
        False,
        "These answers help your doctor to prepare. Leave out what you do not know.",
        "",
    ),
    ("string", True, "Why do you come to us?", ""),
    ("text", False, "Which medicines do you take, and how?", ""),
    ("boolean", True, "Are you allergic to any medicine?", ""),
    ("string", False, "If so, to which one, and what happened?", ""),
    ("choice", False, "Do you smoke?", "No\nI have stopped\nYes"),
    ("integer", False, "How many hours do you sleep in a night?", ""),
    ("date", False, "When was your last check-up elsewhere?", ""),
)
# Long enough ago that the letter has been read.
ASKED = timedelta(hours=60)


def ask(town: Town) -> None:
    """Makes the form, and asks it of Marta in a conversation of its own."""
    sheet = town.sheet
    form = sheet.put(
        Questionnaire,
        form_id=sheet.new_id(),
        title=TITLE,
        status="active",
        is_example=True,
        changed_at=sheet.now - timedelta(days=30),
        changed_by=town.names["ruth"],
        published_at=sheet.now - timedelta(days=30),
    )
    for place, (kind, required, text, options) in enumerate(QUESTIONS):
        sheet.put(
            QuestionnaireItem,
            questionnaire_id=form,
            link_id=sheet.new_id(),
            position=place,
            kind=kind,
            text=text,
            required=required,
            options=options,
        )
    _of_marta(town, form)


def _of_marta(town: Town, form: str) -> None:
    sheet, at = town.sheet, town.sheet.now - ASKED
    whose = {"patient_id": town.patients["marta"]}
    thread = sheet.put(
        Thread,
        **whose,
        subject=TITLE,
        topic="form",
        waiting_for="patient",
        last_at=at,
        created_at=at,
    )
    asked = sheet.new_id()
    letter = sheet.put(
        Communication,
        **whose,
        thread_id=thread,
        sender_id=town.users["kim"],
        sender_name=town.names["kim"],
        from_clinic=True,
        body=f"Please fill in this form before you come:\n{links.address(f'/forms/{asked}')}",
        sent_at=at,
        client_key=f"demo-{thread}-0",
    )
    sheet.put(
        QuestionnaireResponse,
        **whose,
        id=asked,
        questionnaire_id=form,
        thread_id=thread,
        message_id=letter,
        asked_by_id=town.users["kim"],
        asked_by=town.names["kim"],
        asked_at=at,
    )
    sheet.put(
        ReadMark,
        user_id=town.users["marta"],
        kind="message",
        record_id=letter,
        at=at + timedelta(hours=3),
    )
