"""The record as it is read: an index of sections, and one page of the open one."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.clinical import CarePlanActivity, CareTeamParticipant
from portal.models.people import Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.services import pages
from portal.services.record import vitals
from portal.services.record.rows import SHOWN, EntryRow, GroupRow
from portal.services.record.said import tidy
from portal.services.record.sections import (
    BY_KEY,
    LATEST,
    WRONG,
    Section,
    SectionRow,
    counts,
    order,
    scope,
    seen_by,
)
from portal.words import _, _n


@dataclass(frozen=True)
class RecordRow:
    """One page of one section, with the index of all."""

    patient_name: str = ""
    section: str = ""
    title: str = ""
    sections: list[SectionRow] = field(default_factory=list)
    # Whether a section that is not open holds nothing.
    has_empty: bool = False
    groups: list[GroupRow] = field(default_factory=list)
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    # Empty, or what to say where the section is empty.
    nothing: str = ""
    taken_back: str = ""
    query: str = ""
    # Allergies stand on every page of the record: they are what must not be missed.
    allergies: str = ""


def view(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    section: str = "",
    page: int = 1,
    patient_id: str = "",
) -> RecordRow:
    """Returns one page of a section of a patient's record; the first one where none is named."""
    patient = readable(db, actor, patient_id)
    shown = BY_KEY.get(section) if section else seen_by(actor)[0]
    if shown is None or shown not in seen_by(actor):
        raise NotFound
    section = shown.key
    audit.record(db, actor, "R", category=section, patient_id=patient.id, now=now)
    groups, total = _groups(db, actor, patient.id, shown, page)
    return replace(
        index(db, actor, patient, section),
        title=shown.words(),
        groups=groups,
        leaf=pages.leaf(page, total),
        nothing="" if total else nothing_in(shown),
        taken_back=_taken_back(db, actor, patient.id, shown),
    )


def readable(db: Session, actor: Actor, patient_id: str) -> Patient:
    """Returns the patient whose record may be read: the open one, or staff's choice."""
    return access.record(db, actor, patient_id or actor.patient_id)


def index(db: Session, actor: Actor, patient: Patient, section: str) -> RecordRow:
    """Returns what stands around every page of the record."""
    number = counts(db, actor, patient.id)
    sections = [
        SectionRow(
            key=one.key,
            words=one.words(),
            icon=one.icon,
            count=number.get(one.key, 0),
            href=f"/record?section={one.key}",
            is_open=one.key == section,
        )
        for one in seen_by(actor)
    ]
    return RecordRow(
        patient_name=patient.name,
        section=section,
        sections=sections,
        has_empty=any(not (one.count or one.is_open) for one in sections),
        allergies=_allergies(db, actor, patient.id),
    )


def nothing_in(section: Section) -> str:
    """Says what would be here."""
    if section.key == "allergies":
        return _("We know of no allergies. If you have one, tell us: call, or write a message.")
    return _("When the clinic adds something, you see it here. If something is missing, tell us.")


def entries(db: Session, rows: list[Any], section: Section) -> list[EntryRow]:
    """Returns records of a section as entries, with what belongs to them."""
    shown = [SHOWN[section.key](row) for row in rows]
    ids = [row.id for row in rows]
    if section.key == "plans":
        return _with_lines(shown, _activities(db, ids))
    if section.key == "team":
        return _with_lines(shown, _members(db, ids))
    return shown


def _groups(
    db: Session, actor: Actor, patient_id: str, section: Section, page: int
) -> tuple[list[GroupRow], int]:
    if section.key in LATEST:
        found = vitals.latest(db, actor, patient_id, section)
        first = pages.first_row(page)
        kept = found[first : first + pages.SIZE]
        return ([GroupRow(section.words(), kept)] if kept else []), len(found)
    table: Any = section.table.__table__  # pyright: ignore[reportAttributeAccessIssue]
    query = (
        select(table, func.count().over().label("total"))
        .where(*scope(actor, patient_id, section))
        .order_by(*order(section))
        .limit(pages.SIZE)
        .offset(pages.first_row(page))
    )
    rows = list(db.connection().execute(query).all())
    return _grouped(section, rows, entries(db, rows, section)), rows[0].total if rows else 0


def _grouped(section: Section, rows: list[Any], shown: list[EntryRow]) -> list[GroupRow]:
    groups: dict[str, list[EntryRow]] = {}
    for row, entry in zip(rows, shown, strict=True):
        groups.setdefault(_group_of(section, row), []).append(entry)
    return [GroupRow(title, members) for title, members in groups.items()]


def _group_of(section: Section, row: Any) -> str:
    now, before = {
        "medicines": (_("Medicines now"), _("Medicines before")),
        "conditions": (_("Conditions now"), _("Conditions before")),
        "allergies": (_("Allergies now"), _("Allergies before")),
    }.get(section.key, (section.words(), section.words()))
    over = {"stopped", "completed", "inactive", "remission", "resolved"}
    return before if row.status in over else now


def _with_lines(shown: list[EntryRow], lines: dict[str, list[str]]) -> list[EntryRow]:
    return [replace(entry, lines=[*lines.get(entry.id, []), *entry.lines]) for entry in shown]


def _activities(db: Session, ids: list[str]) -> dict[str, list[str]]:
    query = (
        select(
            col(CarePlanActivity.care_plan_id),
            col(CarePlanActivity.plain),
            col(CarePlanActivity.title),
            col(CarePlanActivity.note),
        )
        .where(
            col(CarePlanActivity.care_plan_id).in_(ids),
            col(CarePlanActivity.status).not_in(("cancelled", WRONG)),
        )
        .order_by(col(CarePlanActivity.position))
    )
    found: dict[str, list[str]] = {}
    for row in db.connection().execute(query) if ids else ():
        said = row.plain or tidy(row.title) or row.note
        known = found.setdefault(row.care_plan_id, [])
        if said and said not in known:
            known.append(said)
    return found


def _members(db: Session, ids: list[str]) -> dict[str, list[str]]:
    query = (
        select(
            col(CareTeamParticipant.care_team_id),
            col(CareTeamParticipant.name),
            col(CareTeamParticipant.role),
        )
        .where(col(CareTeamParticipant.care_team_id).in_(ids))
        .order_by(col(CareTeamParticipant.position))
    )
    found: dict[str, list[str]] = {}
    for row in db.connection().execute(query) if ids else ():
        said = ", ".join(part for part in (row.name, tidy(row.role)) if part)
        if said:
            found.setdefault(row.care_team_id, []).append(said)
    return found


def _allergies(db: Session, actor: Actor, patient_id: str) -> str:
    section = BY_KEY["allergies"]
    table: Any = section.table.__table__  # pyright: ignore[reportAttributeAccessIssue]
    query = select(table.c.plain, table.c.title).where(
        *scope(actor, patient_id, section), table.c.status.in_(("active", ""))
    )
    names = sorted({row.plain or tidy(row.title) for row in db.connection().execute(query)})
    shown = names[:6]
    more = len(names) - len(shown)
    words = ", ".join(name for name in shown if name)
    return f"{words} {_n('and {count} more', 'and {count} more', more)}" if more else words


def _taken_back(db: Session, actor: Actor, patient_id: str, section: Section) -> str:
    """Says that entries were taken back as errors, so that nobody misses them without a word."""
    table: Any = section.table
    column = getattr(table, "verification_status", table.status)
    query = (
        select(func.count())
        .select_from(table)
        .where(
            col(table.patient_id) == patient_id, access.entries(actor, table), col(column) == WRONG
        )
    )
    count = db.connection().execute(query).scalar_one()
    return (
        _n(
            "{count} entry is not shown: it had been entered by mistake.",
            "{count} entries are not shown: they had been entered by mistake.",
            count,
        )
        if count
        else ""
    )
