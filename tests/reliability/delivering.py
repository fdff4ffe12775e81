"""A deliverer to kill: drains the outbox of a database over SMTP until nothing is due, and ends.

Run as a program (`python -m tests.reliability.delivering`) by test_reminders.py. The clock stands
where it is told to, and a lease is short, so that the next one need not wait for a minute.
"""

import asyncio
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from portal.database import Database
from portal.integrations import mail
from portal.jobs import deliver
from portal.models.audit import OutboxNotice
from portal.services import acting
from portal.services.notices import leases
from portal.settings import Settings
from tests.support import bases

LEASE = timedelta(milliseconds=200)


def main() -> None:
    """Delivers; `DELIVERING` says from which database, to which port, and what time it is."""
    folder, url, port, now, since = os.environ["DELIVERING"].split("|")
    began, first, seconds = datetime.fromisoformat(now), float(since), acting.seconds
    leases.LEASE = LEASE
    base = Database(Path(folder), bases.KEY, url)
    rules = Settings.model_validate({"data_dir": folder})
    acting.open_desk(base, rules, clock=lambda: began + timedelta(seconds=seconds() - first))
    way = mail.Smtp(mail.server_of(f"smtp://127.0.0.1:{port}"))
    here = deliver.Desk(way, "portal@clinic.example", "https://portal.example.org")
    asyncio.run(_drain(here, base))


async def _drain(here: deliver.Desk, base: Database) -> None:
    """Drains, and takes up what one who died had in hand as soon as its lease is over."""
    held = select(col(OutboxNotice.id)).where(col(OutboxNotice.state) == "claimed").limit(1)
    while True:
        await deliver.drain(here)
        with base.reading() as db:
            if db.connection().execute(held).first() is None:
                return
        await asyncio.sleep(LEASE.total_seconds())


if __name__ == "__main__":
    sys.exit(main())
