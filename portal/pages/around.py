"""What stands around every page, from the frame's state."""

from typing import Any

import reflex as rx

from portal.components import frame
from portal.state.frame import Frame


def furnish() -> None:
    """Settles what the frames show, once, before pages are added."""
    row: Any = Frame.row
    frame.settle(
        clinic=frame.Clinic(
            name=rx.cond(row.clinic_name != "", row.clinic_name, frame.Clinic().name),
            phone=row.clinic_phone,
            address=row.clinic_address,
            open_now=row.clinic_open,
            closed_now=row.clinic_closed,
            hours_said=row.clinic_hours,
        ),
        person=frame.Person(name=row.name, letters=row.initials, tint=row.tint),
        acting=frame.Relation(
            name=row.helping, letters=row.helping_initials, own=row.own_patient_id
        ),
        choices=row.choices,
        counts=frame.Counts(
            messages=rx.cond(row.is_staff, row.waiting_threads, row.unread_messages),
            results=rx.cond(row.is_staff, row.unreleased_results, row.unread_results),
            late_messages=row.late_threads,
            requests=row.waiting_requests,
        ),
        rights=frame.Rights(
            patients=row.sees_patients,
            messages=row.sees_messages,
            results=row.sees_results,
            administration=row.administers,
            requests=row.decides_requests,
            schedule=row.sees_appointments & row.is_staff,
            appointments=_until_known(row.sees_appointments),
            own_messages=_until_known(row.sees_messages),
            own_results=_until_known(row.sees_results),
            record=_until_known(row.sees_record),
            writing=_until_known(row.writes_messages),
            log=_until_known(row.sees_log),
            check_ups=_until_known(row.sees_check_ups),
        ),
        said=Frame.said,
        ready=row.user_id != "",
        whose=row.patient_id,
        is_joined=row.is_joined,
    )


def _until_known(right: Any) -> Any:
    """A right, taken as held until the frame is there: nothing jumps for those who have it."""
    row: Any = Frame.row
    return (row.user_id == "") | right
