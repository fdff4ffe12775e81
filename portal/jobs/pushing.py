"""Pushing: one notice to all devices of its account at once; what became of it as a whole.

It counts as told where one device has taken it. Only where none did is it tried again, and where
all are gone it goes by e-mail.
"""

import asyncio
from datetime import datetime

from portal.integrations import failures, push
from portal.services import notices

# What a push service keeps for a device that is off.
LONGEST_S = 24 * 60 * 60

Failure = failures.NotNow | failures.NotTaken | None


async def send(
    pusher: push.Pusher, parcel: notices.Parcel, portal: str, now: datetime
) -> notices.Outcome:
    """Sends a parcel to its devices; returns what became of it."""
    text = notices.as_push(parcel.written, portal, key=parcel.notice_id)
    seconds = LONGEST_S
    if parcel.until is not None:
        seconds = max(1, min(LONGEST_S, int((parcel.until - now).total_seconds())))
    ends = await asyncio.gather(
        *(_sent(pusher, push.Push(one.device, text, now, seconds)) for one in parcel.devices)
    )
    return _outcome(pusher, dict(zip((one.id for one in parcel.devices), ends, strict=True)))


async def _sent(pusher: push.Pusher, message: push.Push) -> Failure:
    try:
        await pusher.send(message)
    except (failures.NotNow, failures.NotTaken) as failure:
        return failure
    return None


def _outcome(pusher: push.Pusher, ends: dict[str, Failure]) -> notices.Outcome:
    told = tuple(key for key, end in ends.items() if end is None)
    refused = {key: end for key, end in ends.items() if isinstance(end, failures.NotTaken)}
    gone = tuple(key for key, end in refused.items() if end.is_address)
    if told:
        code = "" if pusher.is_real else notices.KEPT_HERE
        return notices.Outcome("sent", code, told=told, gone=gone)
    later = [end.code for end in ends.values() if isinstance(end, failures.NotNow)]
    if later:
        return notices.Outcome("pending", later[0], gone=gone)
    if len(gone) == len(ends):
        return notices.Outcome("pending", notices.GONE, gone=gone)
    code = next(end.code for end in refused.values() if not end.is_address)
    return notices.Outcome("dead", code, gone=gone)
