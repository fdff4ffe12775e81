"""Entries of each section as they are shown: what, the medical term, state, date, source."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from portal.services.record.said import (
    between,
    dated,
    day_of,
    name_of,
    source_of,
    term_beside,
    term_of,
    tidy,
)
from portal.words import _, _n


@dataclass(frozen=True)
class EntryRow:
    """One entry. `lines` are sentences under it; `badge` with `tone` and `icon` is its state."""

    id: str
    title: str
    term: str = ""
    when: str = ""
    say: str = ""
    lines: list[str] = field(default_factory=list)
    source: str = ""
    badge: str = ""
    tone: str = ""
    icon: str = ""
    section: str = ""


@dataclass(frozen=True)
class GroupRow:
    """Entries under a heading of their own: medicines now, and before."""

    title: str
    rows: list[EntryRow] = field(default_factory=list)


Badge = tuple[str, str, str]
# What is longer is a sentence of its own.
FACT_MAX = 60


def _entry(
    row: Any, when: str, say: str, lines: list[str], badge: Badge = ("", "", "")
) -> EntryRow:
    return EntryRow(
        id=row.id,
        title=name_of(row),
        term=_given(_("Medical term: {term}"), term=term_beside(row)),
        when=when,
        say=say,
        lines=_lines(lines),
        source=source_of(row),
        badge=badge[0],
        tone=badge[1],
        icon=badge[2],
    )


def _lines(lines: list[str]) -> list[str]:
    """Puts short facts into one line, and leaves what is long in lines of its own."""
    facts = " · ".join(line for line in lines if line and len(line) <= FACT_MAX)
    long = [line for line in lines if len(line) > FACT_MAX]
    return [facts, *long] if facts else long


def _given(words: str, **values: str) -> str:
    """Returns a sentence with its values, or nothing where one of them is empty."""
    tidied = {name: tidy(value) for name, value in values.items()}
    return words.format(**tidied) if all(tidied.values()) else ""


def allergy(row: Any) -> EntryRow:
    """An allergy: what happens, how bad, since when."""
    strong = row.criticality == "high" or row.severity == "severe"
    badge = (_("Serious"), "bad", "stop") if strong else ("", "", "")
    if row.status in {"inactive", "resolved"}:
        badge = (_("No longer"), "", "check")
    if row.verification_status == "unconfirmed":
        badge = (_("Not confirmed"), "", "ask")
    kinds = {
        "food": _("Food"),
        "medication": _("Medicine"),
        "environment": _("Surroundings"),
        "biologic": _("Biological substance"),
    }
    kind = ", ".join(kinds[one] for one in row.category.replace(",", " ").split() if one in kinds)
    since = _given(_("Since {day}"), day=day_of(row.onset))
    when = since or _given(_("Noted {day}"), day=day_of(row.recorded)) or _("Date not known")
    lines = [
        kind,
        _given(_("Last happened {day}"), day=day_of(row.last_occurrence)),
        row.note,
    ]
    return _entry(row, when, tidy(row.reaction), lines, badge)


def condition(row: Any) -> EntryRow:
    """A condition: since when, whether it is over."""
    over = row.status in {"inactive", "remission", "resolved"} or bool(row.abatement)
    badge = (_("Over"), "", "check") if over else (_("Now"), "info", "record")
    if row.status == "remission":
        badge = (_("In remission"), "ok", "check")
    if row.verification_status in {"unconfirmed", "provisional", "differential"}:
        badge = (_("Not confirmed yet"), "", "ask")
    onset, end = day_of(row.onset), day_of(row.abatement)
    if onset and end:
        when = _("{start} to {end}").format(start=onset, end=end)
    elif onset:
        when = _("Since {day}").format(day=onset)
    else:
        when = _given(_("Noted {day}"), day=day_of(row.recorded)) or _("Date not known")
    lines = [row.severity, _given(_("Where: {place}"), place=row.body_site), row.note]
    return _entry(row, when, "", lines, badge)


def medicine(row: Any) -> EntryRow:
    """A medicine: how to take it, what for, from when, refills left."""
    states: dict[str, Badge] = {
        "active": (_("Taking now"), "ok", "pill"),
        "on-hold": (_("Paused"), "warn", "clock"),
        "unknown": (_("Ask us whether you still take it"), "warn", "ask"),
        "stopped": (_("Stopped"), "", "x"),
        "completed": (_("Finished"), "", "check"),
    }
    refills = (
        ""
        if row.refills is None or row.status != "active"
        else _n("{count} refill left", "{count} refills left", row.refills)
    )
    lines = [
        row.plain or _given(_("For {reason}"), reason=row.reason),
        _("Only when needed") if row.as_needed and not row.dosage else "",
        _given(_("Each supply: {amount}"), amount=row.quantity),
        refills,
        _("You told us that you take it") if row.reported else "",
        _given(_("Why it was stopped: {reason}"), reason=row.status_reason),
        row.note,
    ]
    # A medicine is asked for by its name; what it is for stands below.
    shown = _entry(
        row, _taken(row), _sentence(row.dosage), lines, states.get(row.status, ("", "", ""))
    )
    return replace(shown, title=term_of(row) or name_of(row), term="")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _taken(row: Any) -> str:
    if row.status in {"stopped", "completed"} and row.authored_on:
        return between(row.authored_on, row.ends)
    since = _given(_("Since {day}"), day=day_of(row.authored_on))
    return since or _given(_("Until {day}"), day=day_of(row.ends)) or _("Date not known")


def vaccine(row: Any) -> EntryRow:
    """A vaccine: when, which dose, or why it was not given."""
    badge = (_("Not given"), "", "x") if row.status == "not-done" else ("", "", "")
    lines = [
        _given(_("Dose {number}"), number=row.dose),
        _given(_("Where: {place}"), place=row.site),
        _given(_("Lot number {number}"), number=row.lot_number),
        _given(_("Why: {reason}"), reason=row.status_reason),
        row.note,
    ]
    return _entry(row, dated(row.occurrence), "", lines, badge)


def procedure(row: Any) -> EntryRow:
    """Something done: when, where on the body, why, how it ended."""
    states: dict[str, Badge] = {
        "not-done": (_("Not done"), "", "x"),
        "in-progress": (_("Going on"), "info", "clock"),
        "on-hold": (_("Paused"), "warn", "clock"),
        "stopped": (_("Stopped"), "", "x"),
    }
    lines = [
        _given(_("Where: {place}"), place=row.body_site),
        _given(_("Why: {reason}"), reason=row.reason),
        _given(_("How it went: {outcome}"), outcome=row.outcome),
        row.note,
    ]
    when = between(row.performed, row.performed_end)
    return _entry(row, when, "", lines, states.get(row.status, ("", "", "")))


def visit(row: Any) -> EntryRow:
    """A visit that happened: when, where, why."""
    kinds = {
        "EMER": _("Emergency"),
        "IMP": _("In hospital"),
        "ACUTE": _("In hospital"),
        "HH": _("At home"),
        "VR": _("By video or phone"),
    }
    going = row.status in {"arrived", "triaged", "in-progress", "onleave"}
    badge = (_("Now"), "info", "clock") if going else ("", "", "")
    if row.status == "planned":
        badge = (_("Planned"), "info", "calendar")
    place = row.place if row.place not in row.source else ""
    lines = [kinds.get(row.encounter_class, ""), place, row.note]
    because = row.reason if row.reason.casefold() != name_of(row).casefold() else ""
    say = _given(_("Because of: {reason}"), reason=because)
    when = between(row.period_start, row.period_end)
    return replace(_entry(row, when, say, lines, badge), term=term_beside(row))


def plan(row: Any) -> EntryRow:
    """A care plan: what it is for, how long."""
    badge = (
        (_("Now"), "info", "form")
        if row.status in {"active", "on-hold"}
        else (_("Over"), "", "check")
    )
    lines = [_given(_("For {reason}"), reason=row.addresses), row.note]
    shown = _entry(row, _span(row), "", lines, badge)
    return shown if row.plain or row.title else replace(shown, title=_("Care plan"))


def goal(row: Any) -> EntryRow:
    """A goal: what is aimed at, until when, how far it is."""
    reached: dict[str, Badge] = {
        "achieved": (_("Reached"), "ok", "check"),
        "sustaining": (_("Reached, and holding"), "ok", "check"),
        "improving": (_("Getting better"), "info", "up"),
        "worsening": (_("Getting worse"), "warn", "down"),
        "not-achieved": (_("Not reached"), "", "x"),
        "not-attainable": (_("Cannot be reached"), "", "x"),
        "in-progress": (_("On the way"), "info", "clock"),
    }
    badge = reached.get(row.achievement, ("", "", ""))
    if not badge[0] and row.status == "completed":
        badge = (_("Done"), "ok", "check")
    lines = [
        _given(_("Until {day}"), day=day_of(row.due)),
        _given(_("For {reason}"), reason=row.addresses),
        row.note,
    ]
    when = _given(_("Since {day}"), day=day_of(row.start)) or _("Date not known")
    return _entry(row, when, row.target, lines, badge)


def team(row: Any) -> EntryRow:
    """A care team; who is in it stands in its lines."""
    badge = (_("Over"), "", "check") if row.status in {"inactive", "suspended"} else ("", "", "")
    shown = _entry(row, _span(row), "", [row.note], badge)
    return shown if row.plain or row.title else replace(shown, title=_("Care team"))


def document(row: Any) -> EntryRow:
    """A document: what it is, from when."""
    kinds = {"application/pdf": _("PDF"), "text/plain": _("Text"), "image/jpeg": _("Picture")}
    lines = [row.category, kinds.get(row.content_type.partition(";")[0], "")]
    return _entry(row, dated(row.date), row.description, lines)


def _span(row: Any) -> str:
    if row.period_start and not row.period_end:
        return _("Since {day}").format(day=day_of(row.period_start))
    return between(row.period_start, row.period_end)


SHOWN: dict[str, Callable[[Any], EntryRow]] = {
    "allergies": allergy,
    "conditions": condition,
    "medicines": medicine,
    "vaccines": vaccine,
    "procedures": procedure,
    "visits": visit,
    "plans": plan,
    "goals": goal,
    "team": team,
    "documents": document,
}
