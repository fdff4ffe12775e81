"""Sending: what belongs to the draft goes with the message, in its transaction, once."""

from sqlalchemy import update
from sqlmodel import Session

from portal.models.attachments import Attachment
from portal.security.actor import Actor
from portal.services.attachments import rows


def send(db: Session, actor: Actor, *, patient_id: str, place: str, message_id: str) -> int:
    """Attaches what the draft has to the message that has just been written; returns how much.

    Of two messages that are sent at once the database gives each file to one.
    """
    if actor.is_system:
        return 0
    mine = rows.drafted(actor, patient_id, place)
    sent = update(Attachment).where(*mine).values(state="sent", message_id=message_id)
    return db.connection().execute(sent).rowcount
