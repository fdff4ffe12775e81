"""Free times: when a visit of a type could be, with whom and where."""

from portal.services.free_times.finding import IN_PERSON, FreeTime, FreeTimes, free, worked_days
from portal.services.free_times.hours import minute_of, moment_of

__all__ = ["IN_PERSON", "FreeTime", "FreeTimes", "free", "minute_of", "moment_of", "worked_days"]
