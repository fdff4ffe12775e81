"""Writing a new message: what it may be about, the draft so far, and what is promised."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from portal.models.messages import TOPICS
from portal.security import access, audit, policies
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.messages.drafts import DraftRow, draft
from portal.services.messages.promise import answer_by
from portal.services.messages.sending import NEW
from portal.words import _, when


@dataclass(frozen=True)
class Choice:
    """One entry of a native list."""

    value: str
    words: str


@dataclass(frozen=True)
class NewRow:
    """What the page of a new message shows."""

    about: str = ""
    promise: str = ""
    # What a message about health may cost; "" where it costs nothing.
    fee: str = ""
    draft: DraftRow = field(default_factory=DraftRow)


def topics() -> dict[str, str]:
    """Returns what a message may be about, in words."""
    return {
        "health": _("My health"),
        "medicine": _("My medicines"),
        "appointment": _("An appointment"),
        "bill": _("A bill"),
        "form": _("A form or a letter"),
        "technical": _("This website"),
        "privacy": _("Privacy officer"),
    }


assert set(topics()) == set(TOPICS)  # noqa: S101 - a new topic needs its words


def compose(db: Session, actor: Actor, *, key: str, now: datetime) -> NewRow:
    """Returns what is needed to write to the clinic; `key` names the composition."""
    patient = access.open_patient(db, actor)
    require(actor, Permission.WRITE_MESSAGES)
    audit.record(db, actor, "R", category="messages", patient_id=patient.id, entity=NEW, now=now)
    return NewRow(
        about=patient.name if actor.acting_for else "",
        promise=when(answer_by(db, now), now),
        fee=policies.current(db).message_fee,
        draft=draft(db, actor, patient_id=patient.id, place=NEW, key=key, now=now),
    )
