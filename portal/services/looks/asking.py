"""Asking about a line of the access log: a message to the clinic's privacy officer."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.audit import AuditEvent
from portal.security import access
from portal.security.actor import Actor
from portal.services import messages
from portal.services.looks import reading, words
from portal.words import _, when


def ask(
    db: Session, actor: Actor, *, look: int, question: str, client_key: str, now: datetime
) -> messages.Sent:
    """Sends a question about one line; no helper learns that the patient asked.

    It waits in the inbox of who holds that office and of nobody else, the line in its words.
    """
    patient = access.open_patient(db, actor)
    query = select(AuditEvent).where(
        col(AuditEvent.seq) == look,
        access.trace(actor, col(AuditEvent.patient_id)),
        *reading.told(actor, patient.id, own=True),
    )
    row = db.scalars(query).first()
    if row is None:
        raise NotFound
    line = ". ".join(
        part
        for part in (
            when(row.at, now),
            f"{row.actor_name} ({words.role(row.role)})",
            words.did(row.action, row.category),
            words.why(row, to_helper=bool(actor.acting_for)),
        )
        if part
    )
    asked = question.strip()
    said = _("About this line of my access log (no. {number}): {line}.")
    return messages.start(
        db,
        actor,
        subject=_("Who has looked at my record?"),
        topic=access.PRIVACY,
        body=f"{said.format(number=row.seq, line=line)}\n\n{asked}" if asked else "",
        client_key=client_key,
        patient_id=patient.id,
        confidential=not actor.acting_for,
        now=now,
    )
