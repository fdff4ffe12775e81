"""Fetching a file: found with one's own right every time, and noted in the trace."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portal.database import Damaged
from portal.security import access, audit
from portal.security.actor import Actor
from portal.services.attachments import shelf

log = logging.getLogger("portal.attachments")


@dataclass(frozen=True)
class Found:
    """A file that somebody may have, and where it lies."""

    id: str
    patient_id: str
    name: str
    content_type: str
    sha256: str
    shelf: shelf.Shelf


def fetch(db: Session, actor: Actor, *, attachment_id: str, now: datetime) -> Found:
    """Finds a file for whoever may read the message that it came with; it is read afterwards."""
    one = access.attachment(db, actor, attachment_id)
    entity = f"Attachment/{one.id}"
    whose = one.patient_id
    audit.record(db, actor, "R", category="messages", patient_id=whose, entity=entity, now=now)
    return Found(one.id, whose, one.name, one.content_type, one.sha256, shelf.of(db.info))


def opened(found: Found) -> bytes:
    """Returns what lies in a file that was found; raises `Damaged` where it is not what came."""
    try:
        data = shelf.take(found.shelf, found.id, found.patient_id)
    except Damaged:
        data = b""
    if hashlib.sha256(data).hexdigest() != found.sha256:
        log.error("file %s is missing or damaged", found.id)
        raise Damaged
    return data
