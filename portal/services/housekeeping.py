"""Housekeeping: what the clock does by itself so that nothing grows without end or rots unseen."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from portal.database import Database
from portal.models.audit import LiveChange
from portal.models.factors import Challenge, Factor, ShortCode, TrustedDevice
from portal.models.mailed_links import MailedLink
from portal.models.people import OneTimeLink, SignIn
from portal.security import audit, subscribed, throttle
from portal.security.actor import Actor
from portal.services import appointments, attachments, registrations, ways_back
from portal.services.appointments import freeing

log = logging.getLogger("portal.housekeeping")

# A page that was away for longer asks for everything when it returns.
CHANGES_KEPT = timedelta(minutes=5)
# Long enough to answer "was that me?"; the trace keeps the sign-in itself for good.
SIGN_INS_KEPT = timedelta(days=90)
LINKS_KEPT = timedelta(days=30)
# A code is of no use after minutes; so long the sending of many of them is counted.
CODES_KEPT = timedelta(days=1)
HOLDS_KEPT = timedelta(hours=1)
# A browser whose push service has taken nothing for so long is probably nobody's any more.
DEVICES_KEPT = timedelta(days=365)


def tidy(db: Session, actor: Actor, *, now: datetime) -> int:
    """Takes away what has served its time; returns how many rows went."""
    gone = registrations.tidy(db, actor, now=now)
    gone += attachments.tidy(db, actor, now=now)
    ways_back.tick(db, actor, now=now)
    appointments.catch_up(db, actor, now=now)
    for statement in (
        delete(LiveChange).where(col(LiveChange.at) < now - CHANGES_KEPT),
        delete(SignIn).where(col(SignIn.used_at) < now - SIGN_INS_KEPT),
        delete(OneTimeLink).where(col(OneTimeLink.expires_at) < now - LINKS_KEPT),
        delete(MailedLink).where(col(MailedLink.expires_at) < now - LINKS_KEPT),
        delete(ShortCode).where(col(ShortCode.expires_at) < now - CODES_KEPT),
        delete(Challenge).where(col(Challenge.expires_at) < now - CODES_KEPT),
        delete(TrustedDevice).where(col(TrustedDevice.expires_at) < now - LINKS_KEPT),
        # An app that nobody confirmed within a day is none.
        delete(Factor).where(
            col(Factor.confirmed_at).is_(None), col(Factor.created_at) < now - CODES_KEPT
        ),
    ):
        gone += db.connection().execute(statement).rowcount
    # Long after they ran out: who comes back late still finds theirs if nobody wanted it.
    gone += freeing.clear(db, now=now - HOLDS_KEPT)
    gone += subscribed.tidy(db, before=now - DEVICES_KEPT)
    throttle.tidy(db, now=now)
    return gone


def check_trace(base: Database) -> audit.Verdict:
    """Reads the whole chain beside the clinic's work; a break is an operator's alarm.

    Blocks nothing: a clinic with a broken trace still treats people (SECURITY AUD-06).
    """
    with base.reading() as db:
        verdict = audit.verify(db, base.info["audit_key"])
    if not verdict.is_whole:
        log.error("the trace is broken at row %s: %s", verdict.broken_at, verdict.problem)
    return verdict
