"""The policy desk: what the clinic decides, each with its reason, its default and its limits.

A change is checked strictly, kept with who made it and when, and holds from the next act on. Who
looked at an older state than the one that stands is told, and nothing is changed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.agreements import PolicyValue
from portal.security import audit, confirming, policies, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.security.policies import RULES, Policies, Rule
from portal.services import once
from portal.services.free_times import holidays
from portal.words import _, short_day

BY_KEY = {rule.key: rule for rule in RULES}
_DEFAULTS = Policies()


class OutOfRange(Invalid):
    """A number that the policy does not take."""


class ChangedMeanwhile(Conflict):
    """Two at the same policy."""

    sentence = _("Somebody else has changed this policy meanwhile. Look at it, then decide again.")


class UnknownRegion(Invalid):
    """A region whose holidays nobody has written down."""

    sentence = _("Write a country code, or one with its part, for example US, US-NY or DE-BY.")


class TooLong(Invalid):
    """More words than fit in a sentence of a page."""

    sentence = _("Write it in at most 40 letters, as patients are to read it.")


class AgesCross(Invalid):
    """A parent would see less before seeing all."""

    sentence = _("The age at which access ends must be above that from which a parent sees less.")


@dataclass(frozen=True)
class ScopeRow:
    """One area of the record, and whether a parent keeps it: nothing, reading, acting."""

    area: str = ""
    words: str = ""
    level: str = ""


@dataclass(frozen=True)
class PolicyRow:
    """One policy. `value` is what stands, as it is kept: "yes", a number, scopes."""

    key: str = ""
    words: str = ""
    why: str = ""
    kind: str = ""
    value: str = ""
    said: str = ""
    default: str = ""
    limits: str = ""
    changed: str = ""
    warning: str = ""
    is_changed: bool = False
    areas: list[ScopeRow] = field(default_factory=list)


def view(db: Session, actor: Actor, *, now: datetime) -> list[PolicyRow]:
    """Returns every policy as it stands."""
    require(actor, Permission.SET_POLICIES)
    audit.record(db, actor, "R", category="policies", now=now)
    standing = policies.current(db)
    changed = {row.key: row for row in db.scalars(select(PolicyValue))}
    return [_row(rule, standing, changed.get(rule.key)) for rule in RULES]


def put(db: Session, actor: Actor, *, key: str, value: str, before: str, now: datetime) -> None:
    """Changes one policy. `before` is what the person saw: another one standing is a conflict."""
    require(actor, Permission.SET_POLICIES)
    rule = BY_KEY.get(key)
    if rule is None:
        raise NotFound
    confirming.require(actor, now=now)
    wanted = _checked(rule, value)
    standing = _kept(getattr(policies.current(db), key))
    if before != standing:
        raise ChangedMeanwhile
    if wanted == standing:
        return
    _check_ages(db, key, wanted)
    _write(db, actor, key, wanted, standing, now)
    audit.record(
        db, actor, "U", category="policies", entity=f"Policy/{key}",
        reason=f"{standing} to {wanted}", now=now,
    )  # fmt: skip
    live.tell(db, "people", (live.STAFF,))


def _write(db: Session, actor: Actor, key: str, wanted: str, standing: str, now: datetime) -> None:
    """Writes a value where the one just read still stands; of two at once one wins."""
    default = _kept(getattr(_DEFAULTS, key))
    before = (
        db.connection()
        .execute(select(col(PolicyValue.value)).where(col(PolicyValue.key) == key))
        .scalar_one_or_none()
    )
    if before is None:
        row = PolicyValue(key=key, value=wanted, changed_at=now, changed_by=actor.name)
        done = once.insert(db, PolicyValue, [row.model_dump()])
    else:
        mine = (col(PolicyValue.key) == key) & (col(PolicyValue.value) == standing)
        statement: Any = delete(PolicyValue).where(mine)
        if wanted != default:
            statement = (
                update(PolicyValue)
                .where(mine)
                .values(value=wanted, changed_at=now, changed_by=actor.name)
            )
        done = db.connection().execute(statement).rowcount
    if not done:
        raise ChangedMeanwhile


def _checked(rule: Rule, value: str) -> str:
    """Returns a value as it is kept; raises a refusal that says what the policy takes."""
    if rule.kind == "yes":
        if value not in {"yes", "no"}:
            raise Invalid
        return value
    if rule.kind == "scopes":
        words = value.split()
        if not set(words) <= scopes.ALL:
            raise Invalid
        return scopes.write(scopes.parse(value))
    if rule.kind == "region":
        if not holidays.is_known(value.strip().upper()):
            raise UnknownRegion
        return value.strip().upper()
    if rule.kind == "words":
        words = " ".join(value.replace("\x00", "").split())
        if len(words) > rule.most:
            raise TooLong
        return words
    if not (value.isascii() and value.isdigit() and rule.least <= int(value[:9]) <= rule.most):
        said = _("Write a whole number from {least} to {most}.")
        raise OutOfRange(said.format(least=rule.least, most=rule.most))
    return str(int(value))


def _check_ages(db: Session, key: str, wanted: str) -> None:
    standing = policies.current(db)
    ages = {"teen_from": standing.teen_from, "adult_from": standing.adult_from}
    if key in ages:
        ages[key] = int(wanted)
        if ages["teen_from"] >= ages["adult_from"]:
            raise AgesCross


def _kept(value: bool | int | str) -> str:  # noqa: FBT001 - a policy's value, whatever its type
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _row(rule: Rule, standing: Policies, changed: PolicyValue | None) -> PolicyRow:
    value = _kept(getattr(standing, rule.key))
    default = _kept(getattr(_DEFAULTS, rule.key))
    said = _("Changed on {day} by {name}")
    return PolicyRow(
        key=rule.key,
        words=_(rule.words),
        why=_(rule.why),
        kind=rule.kind,
        value=value,
        said=_said(rule, value),
        default=_said(rule, default),
        limits=_limits(rule),
        changed=said.format(day=short_day(changed.changed_at), name=changed.changed_by)
        if changed
        else "",
        warning=_warning(rule.key, value),
        is_changed=value != default,
        areas=_areas(value) if rule.kind == "scopes" else [],
    )


def _said(rule: Rule, value: str) -> str:
    if rule.kind == "yes":
        return _("Yes") if value == "yes" else _("No")
    if rule.kind in {"number", "region", "words"}:
        return value or _("None")
    levels = {"read": _("see"), "act": _("see and act")}
    held = [word.partition(":") for word in value.split()]
    named = [f"{_(scopes.AREAS[area])} ({levels[level]})" for area, _colon, level in held]
    return ", ".join(named) or _("Nothing")


def _limits(rule: Rule) -> str:
    if rule.kind != "number":
        return ""
    return _("From {least} to {most}").format(least=rule.least, most=rule.most)


def _warning(key: str, value: str) -> str:
    """SECURITY MFA-01: below the standards is allowed, and said."""
    if key == "patients_need_factor" and value == "no":
        return _("Below OWASP ASVS level 2 and NIST AAL2: a stolen password opens a record.")
    if key == "emailed_codes" and value == "yes":
        return _("Weaker than an app or a passkey: whoever reads the e-mail has the code.")
    return ""


def _areas(value: str) -> list[ScopeRow]:
    held = dict(word.split(":") for word in value.split())
    return [ScopeRow(area, _(words), held.get(area, "")) for area, words in scopes.AREAS.items()]
