"""The clock: an in-memory tick that does what is due. The work itself is rows in the database.

APScheduler keeps nothing here: no job store, no cron in local time, nothing pickled. A tick that
was missed is caught up by the next one (SECURITY D8).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from portal.jobs import deliver
from portal.security import audit, signins
from portal.security.actor import system
from portal.services import (
    acting,
    attachments,
    family,
    housekeeping,
    prevention,
    waitlist,
    witness,
)
from portal.words import local

log = logging.getLogger("portal.jobs")

EVERY = timedelta(seconds=30)
TRACE_EVERY = timedelta(hours=24)
# Between two looks at the whole calendar; what has just come free is looked at with each tick.
CALENDAR_EVERY = timedelta(minutes=5)
# From this hour on the clinic's clock it is looked for what has fallen due, once a day.
DUE_FROM_HOUR = 9
# Without a tick for so long something is wrong, and the health page says so.
LATE = timedelta(minutes=5)


@dataclass
class Heartbeat:
    """When the clock last ticked, and what the last reading of the trace found."""

    ticked_at: datetime | None = None
    trace_read_at: datetime | None = None
    trace: audit.Verdict | None = None
    calendar_read_at: datetime | None = None
    # The last day on which everybody was looked at for what is due, and behind whom to go on.
    due_looked_on: date | None = None
    due_after: str = ""
    statement: witness.Statement | None = None

    def is_alive(self, now: datetime) -> bool:
        """Says whether the clock ticks."""
        return self.ticked_at is not None and now - self.ticked_at < LATE


heartbeat = Heartbeat()


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Ticks for as long as the server runs."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_listener(_failed, EVENT_JOB_ERROR)
    scheduler.add_job(
        tick,
        "interval",
        seconds=EVERY.total_seconds(),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
        next_run_time=datetime.now(UTC),
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def tick() -> None:
    """Does what is due, off the event loop."""
    here = acting.desk()
    await asyncio.to_thread(acting.settle)
    now = here.clock()
    # What has timed out is ended for good, so that no clock set back brings it to life again.
    await acting.alone(lambda db: signins.carry(db, here.limits, before=now, now=now))
    await acting.alone(lambda db: housekeeping.tidy(db, system("housekeeping"), now=now))
    since = heartbeat.ticked_at
    if since is not None:
        # A page of a helper whose last day ended at midnight closes with the tick that follows.
        await acting.alone(lambda db: family.turn(db, system("calendar"), since=since, now=now))
    await _offer_on(since, now)
    await _look_for_due(now)
    heartbeat.ticked_at = now
    deliver.wake()
    read_at = heartbeat.trace_read_at
    if read_at is None or now - read_at >= TRACE_EVERY:
        await asyncio.to_thread(attachments.sweep, here.database)
        heartbeat.trace = await asyncio.to_thread(housekeeping.check_trace, here.database)
        heartbeat.statement = await asyncio.to_thread(
            witness.keep, here.database, here.witness, now=now
        )
        heartbeat.trace_read_at = now


async def _offer_on(since: datetime | None, now: datetime) -> None:
    """Offers what has come free to who waits for it."""
    read_at = heartbeat.calendar_read_at
    is_due = read_at is None or now - read_at >= CALENDAR_EVERY
    lately = None if is_due else since
    await acting.alone(lambda db: waitlist.turn(db, system("waitlist"), now=now, since=lately))
    if is_due:
        heartbeat.calendar_read_at = now


async def _look_for_due(now: datetime) -> None:
    """Looks at some more patients for what has fallen due, until all were looked at that day."""
    today = local(now)
    if today.hour < DUE_FROM_HOUR or heartbeat.due_looked_on == today.date():
        return
    after = heartbeat.due_after
    found = await acting.alone(
        lambda db: prevention.look(db, system("prevention"), after=after, now=now)
    )
    heartbeat.due_after = found
    if not found:
        heartbeat.due_looked_on = today.date()


def _failed(event: JobExecutionEvent) -> None:
    if isinstance(event.exception, asyncio.CancelledError):
        # The server stops in the middle of it: the next one catches up.
        return
    # The kind is enough: an error's own text may hold what it stumbled over.
    log.error("the clock's work failed: %s", type(event.exception).__name__)
