"""Rooms and places: a room is had by one visit at a time, a building by everybody at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.appointments import Appointment
from portal.models.people import Location
from portal.models.schedules import Schedule
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.schedules.outside import OPEN
from portal.services.schedules.rows import RoomRow
from portal.services.schedules.trying import ChangedMeanwhile
from portal.words import _, _n

NAME_MAX, EQUIPMENT_MAX, DIRECTIONS_MAX = 300, 200, 1000


class TwoAtOnce(Conflict):
    """A place where two visits stand at the same time cannot become a room."""

    sentence = _(
        "Two visits stand there at the same time. Move one of them first, then make it a room."
    )


class StillUsed(Conflict):
    """A room that hours name cannot be retired."""

    sentence = _("Somebody's hours name this room. Change those first.")


def rooms(db: Session, actor: Actor, *, now: datetime) -> list[RoomRow]:
    """Returns every place of the clinic: rooms first, those out of use last."""
    require(actor, Permission.SET_SCHEDULE)
    audit.record(db, actor, "R", category="schedule", entity="rooms", now=now)
    coming = (
        select(col(Appointment.location_id), func.count())
        .where(col(Appointment.status).in_(OPEN), col(Appointment.starts_at) > now)
        .group_by(col(Appointment.location_id))
    )
    booked = {row[0]: row[1] for row in db.connection().execute(coming)}
    order = (col(Location.active).desc(), col(Location.is_room).desc(), col(Location.name))
    found = db.scalars(select(Location).order_by(*order))
    return [_row(one, booked.get(one.id, 0)) for one in found]


def put_room(db: Session, actor: Actor, *, room: RoomRow, seen: RoomRow, now: datetime) -> str:
    """Makes a place, or changes one as long as it is as it was `seen`; returns its id."""
    require(actor, Permission.SET_SCHEDULE)
    values = _checked(room)
    if not room.id:
        row = Location(**values)
        db.connection().execute(insert(Location), [row.model_dump()])
        _trace(db, actor, "C", row.id, row.name, now)
        return row.id
    stands = db.get(Location, room.id, populate_existing=True)
    if stands is None:
        raise NotFound
    before = {key: getattr(stands, key) for key in values}
    if any(getattr(seen, key) != value for key, value in before.items()):
        raise ChangedMeanwhile(_("it is now {what}").format(what=_row(stands, 0).name))
    if stands.active and not room.active:
        _unused(db, room.id)
    changed = {key: value for key, value in values.items() if before[key] != value}
    if changed:
        same = [
            col(Location.id) == room.id,
            *(getattr(Location, k) == v for k, v in before.items()),
        ]
        _write(db, update(Location).where(*same).values(**changed))
        said = ", ".join(f"{key}: {before[key]} to {value}" for key, value in changed.items())
        _trace(db, actor, "U", room.id, said, now)
    return room.id


def _checked(room: RoomRow) -> dict[str, Any]:
    name, directions = _line(room.name), room.directions.replace("\x00", "").strip()
    codes = " ".join(dict.fromkeys(room.equipment.lower().replace(",", " ").split()))
    if not name or len(name) > NAME_MAX:
        raise Invalid(_("Give the room a name of at most 300 letters."))
    if len(codes) > EQUIPMENT_MAX or len(directions) > DIRECTIONS_MAX or "\x00" in codes:
        raise Invalid(_("That is too long. Say it in fewer words."))
    return {
        "name": name,
        "equipment": codes,
        "directions": directions,
        "is_room": room.is_room,
        "active": room.active,
    }


def _unused(db: Session, room_id: str) -> None:
    named = select(col(Schedule.id)).where(col(Schedule.location_id) == room_id).limit(1)
    if db.connection().execute(named).first() is not None:
        raise StillUsed


def _write(db: Session, statement: Any) -> None:
    """Writes a place; what becomes a room is claimed by those who stand there (migration 0012)."""
    savepoint = db.connection().begin_nested()
    try:
        done = db.connection().execute(statement)
    except IntegrityError as error:
        savepoint.rollback()
        if "claim" not in str(error.orig):
            raise
        raise TwoAtOnce from error
    savepoint.commit()
    if done.rowcount != 1:
        raise ChangedMeanwhile


def _trace(
    db: Session, actor: Actor, action: str, room_id: str, reason: str, now: datetime
) -> None:
    audit.record(
        db, actor, action, category="schedule", entity=f"Location/{room_id}", reason=reason, now=now
    )
    live.tell(db, "appointments")


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _row(one: Location, booked: int) -> RoomRow:
    parts = [
        _("One visit at a time") if one.is_room else _("Several visits at once"),
        *([_("with {what}").format(what=one.equipment)] if one.equipment else []),
        *([_n("{count} visit planned", "{count} visits planned", booked)] if booked else []),
    ]
    return RoomRow(
        id=one.id,
        name=one.name,
        equipment=one.equipment,
        directions=one.directions,
        is_room=one.is_room,
        active=one.active,
        said=", ".join(parts) if one.active else _("Not in use"),
    )
