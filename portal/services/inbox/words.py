"""How the inbox says things: how long there still is, where a conversation lies, what happened."""

from datetime import datetime, timedelta

from portal.words import _, _n, clock, local, midnight, weekday

SNIPPET = 120
_SOON = timedelta(hours=4)
# The pools that every clinic begins with, under the names that it has not changed.
_POOLS = {
    "care": _("Care team"),
    "desk": _("Front desk"),
    "privacy": _("Privacy officer"),
    "doctors": _("Doctors"),
    "management": _("Management"),
}
ICONS = {
    "claimed": "user",
    "given-back": "again",
    "assigned": "right",
    "escalated": "alert",
    "closed": "done",
    "reopened": "again",
}


def pool(key: str, name: str) -> str:
    """Returns the name of a pool as people read it: as the clinic calls it, if it does."""
    return _(name) if _POOLS.get(key) == name else name


def happened(kind: str, by: str, to: str, reason: str) -> str:
    """Says what happened to a conversation, besides letters."""
    said = {
        "claimed": _("{by} took this on"),
        "given-back": _("{by} gave this back to {to}"),
        "assigned": _("{by} handed this to {to}"),
        "escalated": _("{by} marked this as urgent") if not to else _("{by} passed this to {to}"),
        "closed": _("{by} closed this"),
        "reopened": _("{by} opened this again"),
    }[kind].format(by=by, to=to)
    return _("{what}: {reason}").format(what=said, reason=reason) if reason else said


def left_of(due_at: datetime | None, now: datetime) -> tuple[str, str, str]:
    """Says how long there is until the promised answer, with a tone and an icon."""
    if due_at is None:
        return "", "", ""
    left = due_at - now
    if left < timedelta():
        return _("{time} late").format(time=_span(-left)), "late", "clock"
    if left < _SOON:
        return _("{time} left").format(time=_span(left)), "soon", "clock"
    if due_at < midnight(now, 1):
        return _("by {time}").format(time=clock(due_at)), "", "clock"
    return _("by {day}").format(day=_near_day(due_at, now)), "", "clock"


def _near_day(at: datetime, now: datetime) -> str:
    days = (local(at).date() - local(now).date()).days
    return _("tomorrow") if days == 1 else weekday(at)


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return _("{count} min").format(count=max(minutes, 1))
    hours, rest = divmod(minutes, 60)
    if hours < 24:  # noqa: PLR2004 - a day
        return _("{hours} h {minutes:02d}").format(hours=hours, minutes=rest)
    return _n("{count} day", "{count} days", hours // 24)


def snippet(body: str) -> str:
    """Returns the beginning of a letter."""
    words = " ".join(body.split())
    return words if len(words) <= SNIPPET else words[:SNIPPET].rpartition(" ")[0] + " …"
