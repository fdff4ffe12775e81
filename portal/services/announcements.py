"""Announcements: a word from the clinic to everybody or to some, on each Home at once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid
from portal.models.messages import Announcement
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import audience
from portal.services.audience import Audience
from portal.words import _, local, midnight, short_day

TITLE_MAX = 200
BODY_MAX = 2000
SHOWN = 20


class Untitled(Invalid):
    """An announcement says nothing without its title."""

    sentence = _("Give the announcement a title: one line that says it all.")


class OverBefore(Invalid):
    """It would end before it began."""

    sentence = _("Choose today or a later day as the last day.")


class NoSuchPractitioner(Invalid):
    """Nobody has them as their doctor."""

    sentence = _("Choose a practitioner from the list, or everybody.")


@dataclass(frozen=True)
class AnnouncementRow:
    """An announcement as the staff see it."""

    id: str = ""
    title: str = ""
    body: str = ""
    until: str = ""
    audience: str = ""


def standing(db: Session, actor: Actor, *, now: datetime) -> list[AnnouncementRow]:
    """Returns what everybody is told now, the newest first. It holds nothing of any patient."""
    require(actor, Permission.PUBLISH)
    query = (
        select(
            col(Announcement.id),
            col(Announcement.title),
            col(Announcement.body),
            col(Announcement.published_at),
            col(Announcement.ends_at),
            col(Announcement.practitioner_id),
            col(Announcement.age_from),
            col(Announcement.age_to),
        )
        .where(
            col(Announcement.published_at) <= now,
            or_(col(Announcement.ends_at).is_(None), col(Announcement.ends_at) > now),
        )
        .order_by(col(Announcement.published_at).desc())
        .limit(SHOWN)
    )
    return [
        AnnouncementRow(row.id, row.title, row.body, _until(row.ends_at), audience.of(db, row))
        for row in db.connection().execute(query)
    ]


def publish(
    db: Session,
    actor: Actor,
    *,
    title: str,
    body: str,
    last_day: date | None,
    now: datetime,
    whom: Audience | None = None,
) -> str:
    """Tells those whom it is for, until the end of the last day if there is one; returns its id."""
    require(actor, Permission.PUBLISH)
    said, more = _plain(title, TITLE_MAX), _plain(body, BODY_MAX)
    if not said:
        raise Untitled
    if last_day is not None and last_day < local(now).date():
        raise OverBefore
    whom = whom or Audience()
    known = {one.value for one in audience.choices(db, actor, now=now)}
    if whom.practitioner_id and whom.practitioner_id not in known:
        raise NoSuchPractitioner
    record = Announcement(
        title=said,
        body=more,
        published_at=now,
        ends_at=_end_of(last_day, now) if last_day else None,
        author_id=None if actor.is_system else actor.user_id,
        practitioner_id=whom.practitioner_id or None,
        age_from=whom.age_from,
        age_to=whom.age_to,
    )
    db.add(record)
    _trace(db, actor, "C", record, now)
    return record.id


def end(db: Session, actor: Actor, *, announcement_id: str, now: datetime) -> None:
    """Takes an announcement back from every page; ending it twice is harmless."""
    record = access.announcement(db, actor, announcement_id)
    if record.ends_at is not None and record.ends_at <= now:
        return
    record.ends_at = now
    db.add(record)
    _trace(db, actor, "U", record, now)


def _trace(db: Session, actor: Actor, action: str, record: Announcement, now: datetime) -> None:
    audit.record(
        db,
        actor,
        action,
        category="announcements",
        entity=f"Announcement/{record.id}",
        reason="ended" if action == "U" else "",
        now=now,
    )
    live.tell(db, "announcements")


def _end_of(last_day: date, now: datetime) -> datetime:
    return midnight(now, (last_day - local(now).date()).days + 1)


def _until(ends_at: datetime | None) -> str:
    if ends_at is None:
        return _("Until you end it")
    return _("Until {day}").format(day=short_day(ends_at - timedelta(seconds=1)))


def _plain(text: str, most: int) -> str:
    said = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(said) > most:
        raise Invalid(_("That is too long. Say it in fewer words."))
    return said
