"""Types of visit: what patients may book, how long it takes, what it needs."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid, NotFound
from portal.models.appointments import CHANNELS, STEP_MINUTES
from portal.models.people import Location
from portal.models.schedules import COLOURS, HOW_BOOKED, WHO_BOOKS, VisitType
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.schedules import preview, reminders
from portal.services.schedules.rows import ChoiceRow, PlanRow, TypeForm, TypeRow
from portal.services.schedules.trying import ChangedMeanwhile, as_if
from portal.words import _, _n

GRIDS = (5, 10, 15, 20, 30, 60)
# What a whole number may be, and how the field is called where it is not.
LIMITS: dict[str, tuple[int, int, str]] = {
    "minutes": (5, 600, _("Minutes")),
    "buffer_before": (0, 240, _("Buffer before")),
    "buffer_after": (0, 240, _("Buffer after")),
    "notice_minutes": (0, 60 * 24 * 90, _("Shortest notice")),
    "ahead_days": (1, 730, _("Furthest ahead")),
    "cancel_hours": (0, 720, _("Free cancellation")),
    "open_limit": (0, 50, _("Open bookings")),
    "position": (0, 999, _("Place in the list")),
}
LENGTHS = {
    "name": (120, _("Name")),
    "board_name": (10, _("Name on the board")),
    "description": (500, _("About it")),
    "urgent": (500, _("If it cannot wait")),
    "preparation": (1000, _("How to prepare")),
    "form": (120, _("Form to fill in")),
    "reason_prompt": (200, _("The question")),
    "needs_equipment": (40, _("Equipment")),
}
NAMES = {
    **{key: words for key, (_least, _most, words) in LIMITS.items()},
    **{key: words for key, (_most, words) in LENGTHS.items()},
    "grid": _("Starts every"),
    "reminders": _("Reminders"),
    "channels": _("How it takes place"),
    "who_books": _("Who books"),
    "how_booked": _("How it is booked"),
    "needs_room": _("Needs a room"),
    "asks_reason": _("Asks for the reason"),
    "new_patients": _("New patients"),
    "colour": _("Colour"),
    "active": _("In use"),
}
_WHO = {
    "public": _("Everybody"),
    "established": _("Who was here before"),
    "staff": _("Staff alone"),
}


class NotInRange(Invalid):
    """A value that a type of visit cannot have."""


def types(db: Session, actor: Actor, *, now: datetime) -> list[TypeRow]:
    """Returns every type of visit: those in use first, as patients read them."""
    require(actor, Permission.SET_SCHEDULE)
    audit.record(db, actor, "R", category="schedule", entity="visit types", now=now)
    order = (col(VisitType.active).desc(), col(VisitType.position), col(VisitType.name))
    return [
        TypeRow(
            id=one.id,
            name=one.name,
            said=_said(one),
            who=_(_WHO[one.who_books]) if one.active else _("Not in use"),
            colour=one.colour,
            active=one.active,
        )
        for one in db.scalars(select(VisitType).order_by(*order))
    ]


def add_type(db: Session, actor: Actor, *, name: str, minutes: int, now: datetime) -> str:
    """Makes a new type of visit, not in use yet; returns its id."""
    require(actor, Permission.SET_SCHEDULE)
    last = db.connection().execute(select(func.max(col(VisitType.position)))).scalar()
    # The grid is as near to its length as it can be: no time is lost between two.
    grid = max((one for one in GRIDS if minutes % one == 0), default=STEP_MINUTES)
    row = VisitType(name=name, minutes=minutes, grid=grid, position=(last or 0) + 1, active=False)
    values = row.model_dump()
    _check(values)
    db.connection().execute(insert(VisitType), [values | {"name": _line(name)}])
    audit.record(
        db, actor, "C", category="schedule", entity=f"VisitType/{row.id}", reason=_line(name),
        now=now,
    )  # fmt: skip
    live.tell(db, "appointments")
    return row.id


def one_type(db: Session, actor: Actor, *, type_id: str, now: datetime) -> TypeForm:
    """Returns a type of visit as its form takes it."""
    require(actor, Permission.SET_SCHEDULE)
    audit.record(db, actor, "R", category="schedule", entity=f"VisitType/{type_id}", now=now)
    one = _found(db, type_id)
    plain = one.model_dump(exclude={"channels"})
    numbers: dict[str, Any] = {key: str(plain[key]) for key in (*LIMITS, "grid")}
    held = one.channels.split()
    words = {"in-person": _("At the clinic"), "phone": _("By phone"), "video": _("By video")}
    chosen = [str(minutes) for minutes in reminders.of(one.reminders)]
    numbers |= {f"reminder_{at}": minutes for at, minutes in enumerate(chosen, 1)}
    return TypeForm(
        **plain | numbers,
        channels=[ChoiceRow(key, words[key], key in held) for key in CHANNELS],
        equipment=[ChoiceRow(key, key) for key in _equipment(db, one.needs_equipment)],
    )


def try_type(
    db: Session, actor: Actor, *, type_id: str, values: dict[str, Any], now: datetime
) -> PlanRow:
    """Returns what would change, and the week that patients would see then; nothing is saved."""
    require(actor, Permission.SET_SCHEDULE)
    one = _found(db, type_id)
    _check(values)
    audit.record(db, actor, "R", category="schedule", entity="try-out", now=now)
    before = one.model_dump()
    said = "; ".join(
        _("{field}: {before} becomes {after}").format(
            field=_(NAMES[key]), before=_value(key, before[key]), after=_value(key, values[key])
        )
        for key in NAMES
        if key in values and before[key] != values[key]
    )
    with as_if(db):
        week = preview.week(db, VisitType.model_validate(before | values), now=now)
    return PlanRow(said or _("Nothing is changed yet."), week=week, is_there=True)


def put_type(
    db: Session,
    actor: Actor,
    *,
    type_id: str,
    version: int,
    values: dict[str, Any],
    seen: dict[str, Any],
    now: datetime,
) -> None:
    """Changes a type of visit; what is booked already keeps its length and its buffers.

    `seen` is what the person had before them: who is too late reads what the other one changed.
    """
    require(actor, Permission.SET_SCHEDULE)
    one = _found(db, type_id)
    _check(values)
    before = one.model_dump()
    changed = {key: value for key, value in values.items() if before[key] != value}
    if one.version != version:
        raise ChangedMeanwhile(_differs(seen, before))
    if not changed:
        return
    same = (col(VisitType.id) == type_id, col(VisitType.version) == version)
    values_now = changed | {"version": version + 1}
    if db.connection().execute(update(VisitType).where(*same).values(**values_now)).rowcount != 1:
        raise ChangedMeanwhile
    said = ", ".join(f"{key}: {before[key]} to {changed[key]}" for key in sorted(changed))
    audit.record(
        db, actor, "U", category="schedule", entity=f"VisitType/{type_id}", reason=said, now=now
    )
    live.tell(db, "appointments")


def _found(db: Session, type_id: str) -> VisitType:
    found = db.get(VisitType, type_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _differs(seen: dict[str, Any], stands: dict[str, Any]) -> str:
    """Says which fields somebody else has changed, and to what."""
    return ", ".join(
        _("{field} is now {value}").format(field=_(NAMES[key]), value=_value(key, stands[key]))
        for key in NAMES
        if key in seen and str(seen[key]) != str(stands[key])
    )


def _value(key: str, value: Any) -> str:
    if key == "reminders":
        return reminders.all_said(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return _("“{words}”").format(words=value) if isinstance(value, str) else str(value)


def _check(values: dict[str, Any]) -> None:
    """Raises a refusal that names the field."""
    for key, (most, words) in LENGTHS.items():
        if len(values.get(key, "")) > most:
            said = _("{field}: at most {most} letters.")
            raise NotInRange(said.format(field=_(words), most=most))
    for key, (least, most, words) in LIMITS.items():
        if key in values and not least <= values[key] <= most:
            said = _("{field}: a whole number from {least} to {most}.")
            raise NotInRange(said.format(field=_(words), least=least, most=most))
    if not values["name"].strip():
        raise NotInRange(_("Give this kind of visit a name that patients understand."))
    if values["minutes"] % STEP_MINUTES or values["grid"] not in GRIDS:
        raise NotInRange(_("Minutes come in steps of five; starts every 5, 10, 15, 20, 30 or 60."))
    reminders.check(values["reminders"])
    channels = values["channels"].split()
    if not channels or not set(channels) <= set(CHANNELS):
        raise NotInRange(_("Choose at least one way in which it can take place."))
    allowed = {"who_books": WHO_BOOKS, "how_booked": HOW_BOOKED, "colour": COLOURS}
    if any(values[key] not in among for key, among in allowed.items()):
        raise NotInRange


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _said(one: VisitType) -> str:
    parts = [_n("{count} minute", "{count} minutes", one.minutes)]
    if one.buffer_before or one.buffer_after:
        around = one.buffer_before + one.buffer_after
        parts.append(_n("{count} minute around it", "{count} minutes around it", around))
    if one.how_booked == "approval":
        parts.append(_("asked for and approved"))
    if one.needs_room or one.needs_equipment:
        parts.append(_("in a room"))
    return ", ".join(parts)


def _equipment(db: Session, kept: str) -> list[str]:
    rows = db.connection().execute(select(col(Location.equipment)))
    return sorted({code for row in rows for code in row.equipment.split()} | set(kept.split()))
