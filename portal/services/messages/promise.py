"""The promise: until when the clinic answers. Two working days, in the clinic's zone."""

from datetime import UTC, datetime, time, timedelta

from portal.words import local, zone

WORKING_DAYS = 2
CLOSES = time(17, 30)
_SATURDAY = 5


def answer_by(sent_at: datetime) -> datetime:
    """Returns the end of the second working day after the day of sending; weekends do not count.

    Public holidays are not known yet: they come with the clinic's opening hours.
    """
    on = local(sent_at).date()
    left = WORKING_DAYS
    while left:
        on += timedelta(days=1)
        left -= on.weekday() < _SATURDAY
    return datetime.combine(on, CLOSES, tzinfo=zone()).astimezone(UTC)
