"""Appointments: what is planned, who holds which time, and what a patient may do about it."""

from portal.services.appointments.booking import (
    PatientTaken,
    TimePassed,
    TimeTaken,
    book,
)
from portal.services.appointments.changing import TooLate, cancel, confirm, move
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

__all__ = [
    "AppointmentRow",
    "AppointmentsRow",
    "PatientTaken",
    "TimePassed",
    "TimeTaken",
    "TooLate",
    "book",
    "cancel",
    "coming",
    "confirm",
    "move",
    "nothing",
    "past",
    "row_of",
    "upcoming",
    "view",
]
