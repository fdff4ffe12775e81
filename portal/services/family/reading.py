"""Family as it is read: who helps me, whom I help, what waits, what changes with age, and when."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.people import Patient, RelatedPerson
from portal.models.requests import HelpChange
from portal.security import access, audit, confirming, helpers, policies, scopes
from portal.security.actor import Actor
from portal.security.policies import Policies
from portal.services import frame, restrictions
from portal.services.family import four_eyes
from portal.services.family.kinds import KINDS, is_grown_up, is_teenager, last_day, words_of
from portal.services.family.lending import BY_LAW
from portal.services.family.reasons import said
from portal.services.restrictions import RestrictionRow
from portal.words import _, day, local, short_day, when

SHOWN = 40
HISTORY = 12
OVER = ("ended", "rejected")


@dataclass(frozen=True)
class StepRow:
    """One step in the life of a help, in a sentence."""

    at: str
    words: str
    note: str = ""


@dataclass(frozen=True)
class HelpRow:
    """A help as one of its two sides sees it."""

    id: str = ""
    name: str = ""
    letters: str = ""
    tint: int = 1
    patient_id: str = ""
    kind: str = ""
    state: str = ""
    state_words: str = ""
    tone: str = ""
    icon: str = "info"
    why: str = ""
    sent_to: str = ""
    can: list[str] = field(default_factory=list)
    # As the form has them: "read" or "act" by area, and the last day.
    held: dict[str, str] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    until_date: str = ""
    latest: str = ""
    granted_by: str = ""
    proof: str = ""
    age_says: str = ""
    # What is still to come before the clinic opens the record, and how to object.
    next_step: str = ""
    history: list[StepRow] = field(default_factory=list)
    is_open: bool = False
    is_over: bool = False
    may_change: bool = False
    may_end: bool = False
    may_resend: bool = False
    # Ends only after the clinic has looked: it stops at once all the same.
    by_law: bool = False


@dataclass(frozen=True)
class FamilyRow:
    """What the page of the family shows."""

    # Empty where another's record is open: who helps somebody is that person's alone.
    patient_id: str = ""
    mine: list[HelpRow] = field(default_factory=list)
    waiting: list[HelpRow] = field(default_factory=list)
    over: list[HelpRow] = field(default_factory=list)
    theirs: list[HelpRow] = field(default_factory=list)
    teen: list[str] = field(default_factory=list)
    may_lend: bool = False
    is_confirmed: bool = False
    why_not: str = ""
    today: str = ""
    latest: str = ""
    asked: list[RestrictionRow] = field(default_factory=list)


def view(db: Session, actor: Actor, *, now: datetime) -> FamilyRow:
    """Returns the family of the person at the page; of an open record of another's, nothing."""
    rules = policies.current(db)
    theirs = _theirs(db, actor, rules, now)
    if actor.acting_for or not actor.own_patient_id:
        audit.record(db, actor, "R", category="help", now=now)
        return FamilyRow(theirs=theirs)
    patient = access.open_patient(db, actor)
    audit.record(db, actor, "R", category="help", patient_id=patient.id, now=now)
    rows = _given(db, patient)
    steps = steps_of(db, [row.id for row in rows], to_helper=False)
    shown = [
        replace(
            _given_row(row, patient, rules, steps.get(row.id, []), now),
            next_step=_next_step(db, row, now),
        )
        for row in rows
    ]
    grown_up = is_grown_up(patient, rules, now)
    today = local(now).date()
    longest = last_day(KINDS["adult"], today)
    return FamilyRow(
        patient_id=patient.id,
        mine=[row for row in shown if row.state in {"active", "suspended"} and not row.is_over],
        waiting=[row for row in shown if row.state in {"applied", "identity-checked"}],
        over=[row for row in shown if row.is_over],
        theirs=theirs,
        teen=_teen(patient, rules, now),
        may_lend=grown_up,
        is_confirmed=confirming.is_confirmed(actor, now=now),
        why_not="" if grown_up else _why_not(patient),
        today=today.isoformat(),
        asked=restrictions.mine(db, actor, now=now).rows,
        latest=longest.isoformat() if longest else "",
    )


def _why_not(patient: Patient) -> str:
    if not patient.birth_date:
        return _("We do not know your birth date. Call us: the clinic decides this with you.")
    return _("While you are not grown up, the clinic decides with you and your parents. Call us.")


def _given(db: Session, patient: Patient) -> list[RelatedPerson]:
    query = (
        select(RelatedPerson)
        .where(col(RelatedPerson.patient_id) == patient.id, col(RelatedPerson.status) != "known")
        .order_by(col(RelatedPerson.name), col(RelatedPerson.id))
        .limit(SHOWN)
    )
    return list(db.scalars(query))


def _theirs(db: Session, actor: Actor, rules: Policies, now: datetime) -> list[HelpRow]:
    query = (
        select(RelatedPerson, Patient)
        .join(Patient, col(Patient.id) == col(RelatedPerson.patient_id))
        .where(col(RelatedPerson.user_id) == actor.user_id, col(RelatedPerson.status) != "known")
        .order_by(col(Patient.name), col(RelatedPerson.id))
        .limit(SHOWN)
    )
    found: list[Any] = list(db.execute(query).all())
    steps = steps_of(db, [help_.id for help_, _patient in found], to_helper=True)
    return [
        _held_row(help_, patient, rules, steps.get(help_.id, []), now) for help_, patient in found
    ]


def _given_row(
    help_: RelatedPerson, patient: Patient, rules: Policies, steps: list[StepRow], now: datetime
) -> HelpRow:
    kind = KINDS.get(help_.kind)
    row = _row(help_, patient, rules, steps, now, to_helper=False)
    is_over = row["is_over"]
    grown_up = is_grown_up(patient, rules, now)
    waits = help_.status in {"applied", "identity-checked"}
    most = last_day(kind, help_.starts_on or local(now).date()) if kind else None
    return HelpRow(
        **row,
        name=help_.name,
        letters=frame.initials(help_.name),
        tint=frame.tint(help_.id),
        sent_to=_masked(help_.email) if waits else "",
        granted_by=help_.granted_by,
        proof=_proof(help_),
        latest=most.isoformat() if most else "",
        may_change=grown_up and kind is not None and not kind.by_staff and not is_over,
        may_end=grown_up and not is_over and (help_.status != "suspended" or not row["by_law"]),
        may_resend=grown_up and help_.status == "applied" and help_.reason == "lent",
    )


def _next_step(db: Session, help_: RelatedPerson, now: datetime) -> str:
    """Tells the patient how what was asked for at the desk goes on, before anything is open."""
    if help_.more_by and help_.status in {"active", "suspended"}:
        more = ", ".join(scopes.said(scopes.parse(help_.more_scopes)))
        said = _("The clinic proposes more: {more}, until {day}. A second member of staff decides.")
        until = short_day(help_.more_until) if help_.more_until else _("it ends with their age")
        return said.format(more=more, day=until) + " " + _("If you do not want it, call us.")
    if help_.status != "identity-checked":
        return ""
    opens = four_eyes.opens_at(db, help_)
    said = _("A second member of staff has to open it.")
    if opens is not None:
        later = _("A second member of staff may open it; from {time} on one alone may, too.")
        said = later.format(time=when(opens, now))
    return f"{said} {_('If you do not want it, end it here or call us.')}"


def staff_row(
    help_: RelatedPerson, patient: Patient, rules: Policies, steps: list[StepRow], now: datetime
) -> HelpRow:
    """Returns a help as the clinic sees it."""
    most = last_day(KINDS[help_.kind], local(now).date()) if help_.kind in KINDS else None
    return HelpRow(
        **_row(help_, patient, rules, steps, now, to_helper=False),
        name=help_.name,
        letters=frame.initials(help_.name),
        tint=frame.tint(help_.id),
        patient_id=patient.id,
        granted_by=help_.granted_by,
        proof=_proof(help_),
        latest=most.isoformat() if most else "",
    )


def _held_row(
    help_: RelatedPerson, patient: Patient, rules: Policies, steps: list[StepRow], now: datetime
) -> HelpRow:
    row = _row(help_, patient, rules, steps, now, to_helper=True)
    is_open = bool(row["can"]) and help_.status == "active"
    return HelpRow(
        **row,
        name=patient.name,
        letters=frame.initials(patient.name),
        tint=frame.tint(patient.id),
        patient_id=patient.id if is_open else "",
        is_open=is_open,
        may_end=help_.status in {"active", "suspended"} and not row["is_over"],
    )


def _row(
    help_: RelatedPerson,
    patient: Patient,
    rules: Policies,
    steps: list[StepRow],
    now: datetime,
    *,
    to_helper: bool,
) -> dict[str, Any]:
    """Returns what both sides see of a help, as it holds on the clinic's today."""
    today = local(now).date()
    held = held_today(help_, patient, rules, today)
    state, tone, icon = _state(help_, held, today)
    is_over = help_.status in OVER or (help_.ends_on is not None and help_.ends_on < today)
    return {
        "id": help_.id,
        "kind": words_of(help_.kind, help_.relationship),
        "state": help_.status,
        "state_words": state,
        "tone": tone,
        "icon": icon,
        "why": _why(help_, to_helper=to_helper),
        "can": scopes.said(held if help_.status == "active" else scopes.parse(help_.scopes)),
        "held": _levels(help_.scopes),
        "since": short_day(help_.starts_on) if help_.starts_on else "",
        "until": short_day(help_.ends_on) if help_.ends_on else "",
        "until_date": help_.ends_on.isoformat() if help_.ends_on else "",
        "age_says": "" if is_over else _age_says(help_, patient, rules, today),
        "history": steps[:HISTORY],
        "is_over": is_over,
        "by_law": help_.kind in BY_LAW,
    }


def held_today(
    help_: RelatedPerson, patient: Patient, rules: Policies, today: date
) -> frozenset[str]:
    """Returns what a help gives today, by the same rule that every access asks."""

    @dataclass(frozen=True)
    class Asked:
        deceased: bool = patient.deceased
        merged_into_id: str | None = patient.merged_into_id
        birth_date: str = patient.birth_date
        born_on: date | None = patient.born_on
        kind: str = help_.kind
        scopes: str = help_.scopes
        starts_on: date | None = help_.starts_on
        ends_on: date | None = help_.ends_on

    return helpers.held_on(Asked(), rules, today) if help_.status == "active" else frozenset()


def _state(help_: RelatedPerson, held: frozenset[str], today: date) -> tuple[str, str, str]:
    """Returns the words, the tone and the icon of a help's state."""
    if help_.status == "active" and help_.starts_on and help_.starts_on > today:
        return _("Begins {day}").format(day=short_day(help_.starts_on)), "info", "clock"
    if help_.status == "active" and not held:
        return _("Over"), "", "x"
    words: dict[str, tuple[str, str, str]] = {
        "applied": (_("Waits for them"), "info", "clock"),
        "identity-checked": (_("Identity checked"), "info", "check"),
        "active": (_("Active"), "ok", "check"),
        "suspended": (_("Paused"), "warn", "clock"),
        "rejected": (_("Turned down"), "", "x"),
        "ended": (_("Ended"), "", "x"),
    }
    if help_.status == "applied" and help_.reason != "lent":
        return _("Waits for the clinic"), "info", "clock"
    if help_.status == "ended" and help_.reason == "withdrawn":
        return _("Taken back"), "", "x"
    return words.get(help_.status, ("", "", "info"))


def _why(help_: RelatedPerson, *, to_helper: bool) -> str:
    if help_.status in {"suspended", "ended", "rejected"}:
        return said(help_.reason, to_helper=to_helper)
    return ""


def _levels(text: str) -> dict[str, str]:
    held = scopes.parse(text)
    return {
        area: "act" if f"{area}:act" in held else ("read" if f"{area}:read" in held else "")
        for area in scopes.AREAS
    }


def _proof(help_: RelatedPerson) -> str:
    from portal.services.family.kinds import PROOFS

    return _(PROOFS[help_.proof]) if help_.proof in PROOFS else ""


def _masked(email: str) -> str:
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}" if host else ""


def _age_says(help_: RelatedPerson, patient: Patient, rules: Policies, today: date) -> str:
    """Says in plain words what changes with the child's birthday, before it happens."""
    born = helpers.earliest_birth(patient.birth_date, patient.born_on)
    if help_.kind not in helpers.BY_AGE or born is None:
        return ""
    narrows = helpers.birthday(born, rules.teen_from)
    ends = helpers.birthday(born, rules.adult_from)
    if today < narrows:
        said_ = _("On {day}, at {age} years, this shows less. On {end}, at {adult}, it ends.")
    elif today < ends:
        said_ = _("Since {day}, at {age} years, this shows less. On {end}, at {adult}, it ends.")
    else:
        said_ = _("It ended on {end}, at {adult} years.")
    return said_.format(
        day=day(narrows), age=rules.teen_from, end=day(ends), adult=rules.adult_from
    )


def _teen(patient: Patient, rules: Policies, now: datetime) -> list[str]:
    """Tells a teenager what parents see now, and what changes when."""
    born = helpers.earliest_birth(patient.birth_date, patient.born_on)
    if born is None or not is_teenager(patient, rules, now):
        return []
    kept = ", ".join(scopes.said(scopes.parse(rules.teen_scopes))) or _("nothing")
    ends = helpers.birthday(born, rules.adult_from)
    return [
        _("At your age your parents see less than before: {kept}.").format(kept=kept),
        _("They see nothing of a visit, a result or a message that is only between you and us."),
        _("On {day}, when you turn {age}, their access ends. Then only you decide.").format(
            day=day(ends), age=rules.adult_from
        ),
    ]


def steps_of(db: Session, ids: list[str], *, to_helper: bool) -> dict[str, list[StepRow]]:
    """Returns the steps of several helps, the newest first, in sentences."""
    query = (
        select(HelpChange)
        .where(col(HelpChange.related_person_id).in_(ids))
        .order_by(col(HelpChange.at).desc(), col(HelpChange.id))
    )
    found: dict[str, list[StepRow]] = {}
    for change in db.scalars(query) if ids else ():
        by = _by(change, to_helper=to_helper)
        words = f"{said(change.reason, to_helper=to_helper)}, {by}" if by else said(change.reason)
        note = "" if change.side == "staff" else change.note
        found.setdefault(change.related_person_id, []).append(
            StepRow(short_day(change.at), words, note)
        )
    return found


def _by(change: HelpChange, *, to_helper: bool) -> str:
    """Says who did a step: to a helper, somebody of the clinic has no name."""
    if change.side == "staff":
        return _("by the clinic") if to_helper else change.by_name
    return "" if change.side == "system" else change.by_name
