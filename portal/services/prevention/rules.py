"""The clinic's rules: read, change, switch on and off, each with how many it would concern now."""

import re
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.people import Patient
from portal.models.prevention import (
    CODES_MAX,
    KINDS,
    MOST_MONTHS,
    NAME_MAX,
    SEXES,
    TEXT_MAX,
    PreventiveRule,
)
from portal.models.schedules import VisitType
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.prevention import facts
from portal.services.prevention.dates import born_by
from portal.services.prevention.rows import ICONS, ChoiceRow
from portal.words import _, _n, local, short_day

CATEGORY = "check-up rules"
_AGE = re.compile(r"([0-9]{1,4})\s*(months?|m)?")
_CODE = re.compile(r"[a-z]+:[A-Za-z0-9.-]{1,40}")
YEAR = 12


class NotARule(Invalid):
    """Something of a rule that cannot be kept."""


class RuleChanged(Conflict):
    """Somebody else has changed the rule since it was shown."""

    sentence = _("Somebody else has changed this rule. Look at what it says now, then change it.")


@dataclass(frozen=True)
class Wording:
    """A rule as it is entered: ages in years, or "18 months"; how often in months."""

    name: str
    kind: str
    why: str = ""
    source: str = ""
    sex: str = "any"
    first: str = "0"
    until: str = ""
    every: str = "12"
    codes: str = ""
    visit_type_id: str = ""
    visit_counts: bool = False
    confidential: bool = False


@dataclass(frozen=True)
class RuleRow:
    """A rule as the clinic reads it, and as its form takes it."""

    id: str = ""
    version: int = 0
    name: str = ""
    kind: str = "check-up"
    icon: str = ""
    why: str = ""
    source: str = ""
    sex: str = "any"
    first: str = "0"
    until: str = ""
    every: str = "12"
    codes: str = ""
    visit_type_id: str = ""
    visit_counts: bool = False
    confidential: bool = False
    is_example: bool = False
    is_active: bool = False
    # Whom and how often, how many that are now, who changed it last.
    said: str = ""
    counted: str = ""
    changed: str = ""


@dataclass(frozen=True)
class RulesRow:
    """Every rule of the clinic, and the types of visit that may be booked for one."""

    rules: list[RuleRow] = field(default_factory=list)
    visit_types: list[ChoiceRow] = field(default_factory=list)


def listed(db: Session, actor: Actor, *, now: datetime) -> RulesRow:
    """Returns every rule with how many patients it would concern by age and sex."""
    require(actor, Permission.SET_POLICIES)
    audit.record(db, actor, "R", category=CATEGORY, now=now)
    order = (col(PreventiveRule.position), col(PreventiveRule.id))
    known = list(db.scalars(select(PreventiveRule).order_by(*order)))
    counted = _counts(db, known, local(now).date())
    kinds = select(col(VisitType.id), col(VisitType.name)).where(col(VisitType.active).is_(True))
    types = db.connection().execute(kinds.order_by(col(VisitType.position), col(VisitType.name)))
    return RulesRow(
        [_row(rule, count) for rule, count in zip(known, counted, strict=True)],
        [ChoiceRow(row.id, row.name) for row in types],
    )


def keep(
    db: Session, actor: Actor, *, rule_id: str, version: int, wording: Wording, now: datetime
) -> str:
    """Keeps a new rule, switched off, or changes the version that was shown; returns its id."""
    require(actor, Permission.SET_POLICIES)
    values = _checked(db, wording)
    by: dict[str, Any] = {"changed_at": now, "changed_by": actor.name, "is_example": False}
    if not rule_id:
        last = db.connection().execute(select(func.max(col(PreventiveRule.position)))).scalar()
        rule = PreventiveRule(**values, **by, position=(last or 0) + 1)
        db.add(rule)
        db.flush()
        _note(db, actor, "C", rule.id, values["name"], now)
        return rule.id
    _change(db, rule_id, version, values | by)
    _note(db, actor, "U", rule_id, values["name"], now)
    return rule_id


def switch(
    db: Session, actor: Actor, *, rule_id: str, version: int, is_on: bool, now: datetime
) -> None:
    """Lets a rule count from now on, or no more; what was answered to it stays."""
    require(actor, Permission.SET_POLICIES)
    by = {"changed_at": now, "changed_by": actor.name}
    _change(db, rule_id, version, {"active": is_on} | by)
    _note(db, actor, "U", rule_id, "on" if is_on else "off", now)


def _change(db: Session, rule_id: str, version: int, values: dict[str, Any]) -> None:
    same = (col(PreventiveRule.id) == rule_id, col(PreventiveRule.version) == version)
    change = update(PreventiveRule).where(*same).values(**values, version=version + 1)
    if db.connection().execute(change).rowcount == 1:
        return
    if db.get(PreventiveRule, rule_id) is None:
        raise NotFound
    raise RuleChanged


def _note(db: Session, actor: Actor, action: str, rule_id: str, what: str, now: datetime) -> None:
    entity = f"PreventiveRule/{rule_id}"
    audit.record(db, actor, action, category=CATEGORY, entity=entity, reason=what, now=now)
    live.tell(db, "record")


def _checked(db: Session, given: Wording) -> dict[str, Any]:
    """Returns what was entered as it is kept; raises `NotARule` with the first problem."""
    line = replace(
        given,
        name=" ".join(given.name.split()),
        why=" ".join(given.why.split()),
        source=" ".join(given.source.split()),
        codes=" ".join(given.codes.split()),
    )
    _check_words(line)
    first, until = _months(line.first), _months(line.until) if line.until.strip() else None
    every = line.every.strip()
    if not every.isascii() or not every.isdigit() or int(every) > MOST_MONTHS:
        raise NotARule(_("How often: a number of months, 0 for once in a life."))
    if until is not None and until <= first:
        raise NotARule(_("It has to end at a later age than it begins."))
    if line.visit_type_id and db.get(VisitType, line.visit_type_id) is None:
        raise NotARule(_("Choose a kind of visit from the list, or none."))
    if line.visit_counts and not line.visit_type_id:
        raise NotARule(_("Say which kind of visit counts as done."))
    kept = asdict(line) | {"visit_type_id": line.visit_type_id or None}
    kept |= {"from_months": first, "until_months": until, "every_months": int(every)}
    return {name: value for name, value in kept.items() if name not in {"first", "until", "every"}}


def _check_words(line: Wording) -> None:
    if not line.name or len(line.name) > NAME_MAX:
        raise NotARule(_("Give it a name that patients understand, at most 120 letters."))
    if len(line.why) > TEXT_MAX or len(line.source) > TEXT_MAX:
        raise NotARule(_("Say why, and where it comes from, in at most 300 letters each."))
    if line.kind not in KINDS or line.sex not in SEXES:
        raise NotARule
    codes = line.codes.split()
    known = all(_CODE.fullmatch(one) and one.partition(":")[0] in facts.SYSTEMS for one in codes)
    if not known or len(line.codes) > CODES_MAX:
        said = _("Write codes as cvx:140, snomed:…, loinc:… or cpt:…, with spaces between them.")
        raise NotARule(said)


def _months(text: str) -> int:
    """Returns an age in months: "65" are years, "18 months" are months."""
    found = _AGE.fullmatch(text.strip().lower())
    months = int(found[1]) * (1 if found[2] else YEAR) if found else MOST_MONTHS + 1
    if months > MOST_MONTHS:
        raise NotARule(_("Ages: years, as in 65, or months, as in 18 months."))
    return months


def _row(rule: PreventiveRule, count: int) -> RuleRow:
    same = {name: getattr(rule, name) for name in _SAME}
    return RuleRow(
        **same,
        icon=ICONS[rule.kind],
        first=_age(rule.from_months),
        until="" if rule.until_months is None else _age(rule.until_months),
        every=str(rule.every_months),
        visit_type_id=rule.visit_type_id or "",
        is_active=rule.active,
        said=whom(rule),
        counted=_n(
            "Would concern {count} patient now, by age and sex",
            "Would concern {count} patients now, by age and sex",
            count,
        ),
        changed=_changed(rule),
    )


def _changed(rule: PreventiveRule) -> str:
    if not rule.changed_by:
        return ""
    said = _("Changed by {name} on {day}")
    return said.format(name=rule.changed_by, day=short_day(rule.changed_at))


_SAME = (
    "id", "version", "name", "kind", "why", "source", "sex", "codes", "visit_counts",
    "confidential", "is_example",
)  # fmt: skip


def _age(months: int) -> str:
    return str(months // YEAR) if months % YEAR == 0 else f"{months} months"


def whom(rule: PreventiveRule) -> str:
    """Says whom a rule concerns, and how often."""
    people = {"any": _("Everybody"), "female": _("Women"), "male": _("Men")}[rule.sex]
    first = _said(rule.from_months)
    ages = _("from {first} on").format(first=first)
    if rule.until_months is not None:
        said = _("from {first}, until they are {last}")
        ages = said.format(first=first, last=_said(rule.until_months))
    return f"{people} {ages}, {_often(rule.every_months)}"


def _often(months: int) -> str:
    if months == 0:
        return _("once")
    if months % YEAR == 0:
        return _n("every year", "every {count} years", months // YEAR)
    return _n("every month", "every {count} months", months)


def _said(months: int) -> str:
    if months % YEAR or not months:
        return _n("{count} month", "{count} months", months)
    return _n("{count} year", "{count} years", months // YEAR)


def _counts(db: Session, known: list[PreventiveRule], today: date) -> list[int]:
    """Counts the patients of each rule in one look at them: those with a whole birth date."""
    if not known:
        return []
    each = [func.sum(case((_is_of(rule, today), 1), else_=0)) for rule in known]
    living = (
        col(Patient.active).is_(True),
        col(Patient.deceased).is_(False),
        col(Patient.merged_into_id).is_(None),
    )
    row = db.connection().execute(select(*each).where(*living)).one()
    return [count or 0 for count in row]


def _is_of(rule: PreventiveRule, today: date) -> Any:
    found = col(Patient.born_on) <= born_by(today, rule.from_months)
    if rule.until_months is not None:
        found &= col(Patient.born_on) > born_by(today, rule.until_months)
    return found if rule.sex == "any" else found & (col(Patient.gender) == rule.sex)
