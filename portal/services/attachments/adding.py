"""Adding a file to a draft, and taking it away again.

What can be refused without the file is refused before a byte of it is read: `admit`. What was read
meanwhile is judged again when it is to stay, in the transaction that writes it down: `keep`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal import live
from portal.database import DiskFull
from portal.errors import AnotherRecord, Busy, Conflict, NotFound, RecordClosed, TooMany
from portal.integrations import files
from portal.models.attachments import Attachment
from portal.models.people import Patient
from portal.security import access, drafting, throttle
from portal.security.actor import Actor
from portal.services.attachments import drafts, rows, shelf
from portal.words import _

MB = 1024 * 1024
# Of one patient, whoever attached them (SECURITY UP-06).
MOST_BYTES = 200 * MB
MOST_FILES = 500
# With one message.
TOGETHER = 10
# The room that the disk keeps for everything else.
LEAST_FREE = 1024 * MB
HOURLY = 60


class TooManyTogether(Conflict):
    """More files than one message takes."""

    sentence = _("A message takes 10 files. Send these, then add the others to another one.")


class QuotaFull(Conflict):
    """The patient's room for files is used up."""

    sentence = _("There is no room for more files of this patient. Bring it along, or call us.")


class TooManyFiles(TooMany):
    """More files in an hour than anybody sends by hand."""

    sentence = _("You have added many files in the last hour. Wait a little, then add this one.")


class Stands(Conflict):
    """A file that was sent stays with its message."""

    sentence = _("This file has been sent with its message. What was sent stays.")


@dataclass(frozen=True)
class Ticket:
    """A file may come: for whom, and on which shelf it will lie."""

    patient_id: str
    shelf: shelf.Shelf


def admit(db: Session, actor: Actor, *, whose: str, place: str, size: int, now: datetime) -> Ticket:
    """Says whether a file of so many bytes may be added to a draft; reads nothing of it.

    `whose` is the record that the page shows: another one may have been opened since.
    """
    patient_id = _judge(db, actor, whose, place, size)
    hour = timedelta(hours=1)
    if not throttle.spend(db, "attach", actor.user_id, most=HOURLY, window=hour, now=now):
        raise TooManyFiles
    return Ticket(patient_id, shelf.of(db.info))


def keep(
    db: Session,
    actor: Actor,
    *,
    whose: str,
    place: str,
    file_id: str,
    file: files.File,
    now: datetime,
) -> rows.FileRow:
    """Writes down a file that lies on the shelf: it belongs to the draft from now on.

    It leaves no trace in the audit log, like the draft: it is its writer's alone until it is sent.
    """
    patient_id = _judge(db, actor, whose, place, len(file.data))
    db.add(
        Attachment(
            id=file_id,
            patient_id=patient_id,
            uploader_id=actor.user_id,
            place=place,
            name=file.name,
            content_type=file.content_type,
            size=len(file.data),
            sha256=file.sha256,
            key_id=shelf.KEY_ID,
            created_at=now,
        )
    )
    db.flush()
    drafts.begin(db, actor, patient_id=patient_id, place=place, now=now)
    live.tell_users(db, "messages", [actor.user_id])
    return next(
        row
        for row in rows.of_draft(db, actor, patient_id=patient_id, place=place)
        if row.id == file_id
    )


def remove(db: Session, actor: Actor, *, attachment_id: str, now: datetime) -> None:
    """Takes a file away from the actor's own draft; what was sent stays."""
    del now
    found = access.attachment(db, actor, attachment_id)
    if found.state != "draft":
        raise Stands
    still = (col(Attachment.id) == found.id, col(Attachment.state) == "draft")
    if not db.connection().execute(delete(Attachment).where(*still)).rowcount:
        raise NotFound
    shelf.discard_with(db, [found.id])
    drafts.drop_if_empty(db, actor, patient_id=found.patient_id, place=found.place)
    live.tell_users(db, "messages", [actor.user_id])


def _judge(db: Session, actor: Actor, whose: str, place: str, size: int) -> str:
    """Returns about whom it is; refuses what may not be written there, or has no room."""
    if actor.lost_patient_id:
        raise RecordClosed
    patient_id = drafting.patient_of(db, actor, place)
    if whose != patient_id:
        raise AnotherRecord
    if size > files.MOST_BYTES:
        raise files.TooLarge
    _has_room(db, patient_id, size)
    mine = rows.drafted(actor, patient_id, place)
    together = select(func.count()).select_from(Attachment).where(*mine)
    if db.connection().execute(together).scalar_one() >= TOGETHER:
        raise TooManyTogether
    if shelf.free_bytes(shelf.of(db.info)) - size < LEAST_FREE:
        raise DiskFull
    return patient_id


def _has_room(db: Session, patient_id: str, size: int) -> None:
    # One at a time: two that fit alone may not fit together.
    one = select(col(Patient.id)).where(col(Patient.id) == patient_id).with_for_update()
    if db.connection().execute(one).first() is None:
        raise Busy
    used = select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(
        col(Attachment.patient_id) == patient_id
    )
    count, taken = db.connection().execute(used).one()
    if count >= MOST_FILES or taken + size > MOST_BYTES:
        raise QuotaFull
