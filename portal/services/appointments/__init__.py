"""Appointments: what is planned, who holds which time, and what a patient may do about it."""

from portal.services.appointments.booking import (
    PatientTaken,
    TimePassed,
    TimeTaken,
    book,
)
from portal.services.appointments.changing import (
    NotRead,
    NotToday,
    TooLate,
    approve,
    cancel,
    come,
    confirm,
    move,
)
from portal.services.appointments.holding import (
    Choice,
    NoLongerKept,
    book_held,
    hold,
    let_go,
    retake,
)
from portal.services.appointments.lateness import NotLateYet, run_late
from portal.services.appointments.reading import (
    AppointmentRow,
    AppointmentsRow,
    coming,
    nothing,
    past,
    row_of,
    upcoming,
    view,
)
from portal.services.appointments.reasons import AT_DESK, REASONS
from portal.services.appointments.reminding import catch_up
from portal.services.appointments.rescheduling import HereToday, Over, reschedule
from portal.services.appointments.rules import EnoughOpen, OnlyByPhone
from portal.services.appointments.states import WrongStep
from portal.services.appointments.undoing import NothingToUndo, undo

__all__ = [
    "AT_DESK",
    "REASONS",
    "AppointmentRow",
    "AppointmentsRow",
    "Choice",
    "EnoughOpen",
    "HereToday",
    "NoLongerKept",
    "NotLateYet",
    "NotRead",
    "NotToday",
    "NothingToUndo",
    "OnlyByPhone",
    "Over",
    "PatientTaken",
    "TimePassed",
    "TimeTaken",
    "TooLate",
    "WrongStep",
    "approve",
    "book",
    "book_held",
    "cancel",
    "catch_up",
    "come",
    "coming",
    "confirm",
    "hold",
    "let_go",
    "move",
    "nothing",
    "past",
    "reschedule",
    "retake",
    "row_of",
    "run_late",
    "undo",
    "upcoming",
    "view",
]
