"""Settings of the schedule: types of visit, hours, exceptions, rooms; tried out, then saved."""

from portal.services.schedules.closing import Exceptional
from portal.services.schedules.closing import check as check_exception
from portal.services.schedules.closing import put as put_exception
from portal.services.schedules.closing import remove as remove_exception
from portal.services.schedules.hours import Ending, Hours, HoursOverlap
from portal.services.schedules.hours import check as check_hours
from portal.services.schedules.hours import put as put_hours
from portal.services.schedules.rooms import StillUsed, TwoAtOnce, put_room, rooms
from portal.services.schedules.rows import (
    ChoiceRow,
    FieldRow,
    HoursRow,
    PlanRow,
    PreviewRow,
    RoomRow,
    TypeForm,
    TypeRow,
)
from portal.services.schedules.settling import choices, keep, move
from portal.services.schedules.trying import ChangedMeanwhile, WouldFallOut
from portal.services.schedules.types import add_type, one_type, put_type, try_type, types
from portal.services.schedules.view import view

__all__ = [
    "ChangedMeanwhile",
    "ChoiceRow",
    "Ending",
    "Exceptional",
    "FieldRow",
    "Hours",
    "HoursOverlap",
    "HoursRow",
    "PlanRow",
    "PreviewRow",
    "RoomRow",
    "StillUsed",
    "TwoAtOnce",
    "TypeForm",
    "TypeRow",
    "WouldFallOut",
    "add_type",
    "check_exception",
    "check_hours",
    "choices",
    "keep",
    "move",
    "one_type",
    "put_exception",
    "put_hours",
    "put_room",
    "put_type",
    "remove_exception",
    "rooms",
    "try_type",
    "types",
    "view",
]
