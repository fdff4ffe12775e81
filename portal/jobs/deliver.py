"""Delivery: drains the outbox, at each tick of the clock and right after a notice was written.

A handful is taken in one transaction; then each letter, text or push is sent outside of any, and
its end written down before the next one leaves. Two processes, a kill in between, a server that is
down: the rows say what is left.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from portal import settings
from portal.errors import Refusal
from portal.integrations import failures, mail, push, sms
from portal.jobs import pushing
from portal.security.actor import system
from portal.services import acting, notices

log = logging.getLogger("portal.deliver")

# After an outage nobody is asked again before so long, whatever is written meanwhile.
REST_S = 20.0
# How many are taken at once, and for how long what was asked about them is taken as true: what was
# not tried by then is put back and asked again. Far less than a lease.
HANDFUL = 20
IN_HAND_S = 1.0
# How long the letter in hand has when the server stops.
FINISH_S = 5.0
# The end of a letter that is out is worth a few tries: without it, it goes out again.
WRITE_DOWN_TRIES = 4
_DELIVERER = system("delivery")


@dataclass
class Desk:
    """What this process delivers with. `again` counts letters that may have gone out twice."""

    mailer: mail.Mailer
    sender: str
    portal: str
    is_demo: bool = False
    texter: sms.Texter = field(default_factory=sms.Offline)
    pusher: push.Pusher = field(default_factory=push.Offline)
    worker: str = field(default_factory=lambda: secrets.token_hex(8))
    # Until when a way rests that did not work, by its name: the others go on.
    rests: dict[str, float] = field(default_factory=dict)
    again: int = 0
    is_stopping: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def working(self) -> tuple[str, ...]:
        """Returns the ways that do not rest."""
        now = time.monotonic()
        return tuple(way for way in notices.CHANNELS if now >= self.rests.get(way, 0.0))


_wake: Callable[[], None] | None = None


def desk_for(rules: settings.Settings) -> Desk:
    """Returns what to deliver with; a demo clinic's people are invented, so nothing leaves it."""
    mailer: mail.Mailer = mail.Offline()
    if rules.smtp_url and not rules.demo:
        mailer = mail.Smtp(mail.server_of(rules.smtp_url))
    texter: sms.Texter = sms.Offline()
    if rules.sms_url and not rules.demo:
        texter = sms.Gateway(rules.sms_url)
    sender = rules.mail_from or "portal@portal.example"
    pusher: push.Pusher = push.Offline()
    if rules.push and not rules.demo:
        contact = rules.public_url if rules.is_https else f"mailto:{sender}"
        pusher = push.Services(_push_key, contact)
    return Desk(mailer, sender, rules.public_url, is_demo=rules.demo, texter=texter, pusher=pusher)


def _push_key() -> Any:
    return push.keys.of(acting.desk().database.info["push_key"])


async def drain(here: Desk) -> int:
    """Sends what is due, the longest due first; returns how much went out."""
    sent = 0
    async with here.turn:
        try:
            while not here.is_stopping and (working := here.working()):
                taken = await _take(here, working)
                if taken.is_empty:
                    break
                sent += await _deliver_all(here, taken.parcels)
        finally:
            await here.mailer.close()
            await here.pusher.close()
    return sent


async def _take(here: Desk, channels: tuple[str, ...] = notices.CHANNELS) -> notices.Taken:
    now = acting.desk().clock()
    taken = await acting.alone(
        lambda db: notices.take(
            db,
            _DELIVERER,
            worker=here.worker,
            portal=here.portal,
            channels=channels,
            most=HANDFUL,
            now=now,
        )
    )
    if taken.again:
        here.again += taken.again
        log.warning("%d notices were taken up again: they may arrive twice", taken.again)
    return taken


async def _deliver_all(here: Desk, parcels: tuple[notices.Parcel, ...]) -> int:
    """Delivers what is in hand, and puts back what may not be as it was any more."""
    sent, began = 0, time.monotonic()
    for tried, parcel in enumerate(parcels):
        is_late = tried > 0 and time.monotonic() > began + IN_HAND_S
        if is_late or here.is_stopping or parcel.channel not in here.working():
            await _put_back(parcels[tried:])
            break
        outcome = await _deliver(here, parcel, is_last=tried == len(parcels) - 1)
        sent += outcome.state == "sent"
        if outcome.is_bounce or outcome.gone:
            # The address of another one in hand may be this one.
            await _put_back(parcels[tried + 1 :])
            break
    return sent


async def _put_back(untried: tuple[notices.Parcel, ...]) -> None:
    if untried:
        await acting.alone(lambda db: notices.put_back(db, _DELIVERER, untried=untried))


async def _deliver(here: Desk, parcel: notices.Parcel, *, is_last: bool) -> notices.Outcome:
    try:
        outcome = await _sent(here, parcel)
    except Exception as error:  # noqa: BLE001 - what nobody thought of holds up this one alone
        log.warning("a notice could not be handed over: %s", type(error).__name__)
        outcome = notices.Outcome("pending", notices.UNFORESEEN)
    if outcome.is_outage:
        here.rests[parcel.channel] = time.monotonic() + REST_S
        log.warning("nothing goes out by %s: %s", parcel.channel, outcome.code)
    await _write_down(here, parcel, outcome, tells=is_last)
    return outcome


async def _sent(here: Desk, parcel: notices.Parcel) -> notices.Outcome:
    if parcel.channel == notices.PUSH:
        return await pushing.send(here.pusher, parcel, here.portal, acting.desk().clock())
    try:
        is_real = await _handed_over(here, parcel)
    except failures.NotTaken as failure:
        return notices.Outcome("dead", failure.code, is_bounce=failure.is_address)
    except failures.NotNow as failure:
        return notices.Outcome("pending", failure.code)
    except failures.Unreachable as failure:
        return notices.Outcome("pending", failure.code, is_outage=True)
    return notices.Outcome("sent", "" if is_real else notices.KEPT_HERE)


async def _handed_over(here: Desk, parcel: notices.Parcel) -> bool:
    """Hands a parcel to its way out; says whether it left the machine."""
    if parcel.channel == notices.SMS:
        await here.texter.send(sms.Message(parcel.address, notices.as_sms(parcel.written)))
        return here.texter.is_real
    await here.mailer.send(_letter(here, parcel))
    return here.mailer.is_real


def _letter(here: Desk, parcel: notices.Parcel) -> mail.Letter:
    written = parcel.written
    return mail.Letter(
        to=parcel.address,
        sender=here.sender,
        sender_name=written.sender,
        subject=written.subject,
        text=notices.as_text(written),
        html=notices.as_page(written),
        key=parcel.notice_id,
        ends=written.ends_news,
        at=acting.desk().clock(),
    )


async def _write_down(
    here: Desk, parcel: notices.Parcel, outcome: notices.Outcome, *, tells: bool
) -> None:
    for pause in range(WRITE_DOWN_TRIES):
        try:
            await acting.alone(
                lambda db: notices.settle(
                    db,
                    _DELIVERER,
                    parcel=parcel,
                    outcome=outcome,
                    now=acting.desk().clock(),
                    keeps_secrets=here.is_demo,
                    tells=tells,
                )
            )
        except Refusal:
            if pause == WRITE_DOWN_TRIES - 1:
                raise
            await asyncio.sleep(pause)
        else:
            return


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Delivers within a moment what is written, for as long as the server runs."""
    global _wake  # noqa: PLW0603 - one a process
    loop, written = asyncio.get_running_loop(), asyncio.Event()
    here = desk_for(settings.current())

    def wake(after: float = 0.0) -> None:
        loop.call_soon_threadsafe(loop.call_later, after, written.set)

    _wake = wake
    stop = notices.listen(wake)
    task = asyncio.create_task(_follow(here, written), name="delivery")
    try:
        yield
    finally:
        _wake = None
        stop()
        here.is_stopping = True
        await _finished(here)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def wake() -> None:
    """Lets this process look into the outbox soon; nothing where it does not deliver."""
    if _wake is not None:
        _wake()


async def _finished(here: Desk) -> None:
    """Waits for the letter in hand, but not for long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FINISH_S), here.turn:
            pass


async def _follow(here: Desk, written: asyncio.Event) -> None:
    while True:
        await written.wait()
        written.clear()
        await drain_safely(here)


async def drain_safely(here: Desk) -> None:
    """Drains; what goes wrong is noted, and the next tick tries again."""
    try:
        await drain(here)
    except Refusal as refusal:
        log.warning("the outbox waits: %s", type(refusal).__name__)
    except Exception:
        log.exception("the outbox could not be drained")
