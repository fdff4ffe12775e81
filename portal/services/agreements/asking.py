"""Asking: which texts somebody has not answered yet, and the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import Conflict, Invalid
from portal.models.agreements import TEXTS, Agreement
from portal.models.people import User
from portal.security import audit
from portal.security.actor import STAFF, Actor
from portal.services.agreements.reading import newest, stored, text_row
from portal.services.agreements.rows import NEEDED, Due, TextRow
from portal.words import _


class TextChanged(Conflict):
    """While somebody was reading, a newer version was published."""

    sentence = _("This text was changed a moment ago. Please read the new version, then answer.")


class Needed(Invalid):
    """Terms and privacy notice are needed for an account."""

    sentence = _(
        "Without the terms and the privacy notice there is no account. You can sign out instead: "
        "we treat you just as well without it."
    )


@dataclass(frozen=True)
class Answers:
    """What somebody answered: per kind the version that they read, and whether they agree."""

    versions: Mapping[str, int]
    agreed: Mapping[str, bool]


def due(db: Session, user_id: str, *, now: datetime) -> list[Due]:
    """Returns what an account has to answer before it goes on; nothing for staff."""
    query = select(col(User.role)).where(col(User.id) == user_id)
    role = db.connection().execute(query).scalar_one_or_none()
    if role is None or role in STAFF:
        return []
    said = answers_of(db, user_id)
    return [
        Due(kind, version, kind in NEEDED, _before(said, kind))
        for kind, version in newest(db, now=now).items()
        if not _is_answered(said, kind, version)
    ]


def to_agree(db: Session, actor: Actor, *, now: datetime) -> list[TextRow]:
    """Returns the texts that the actor has to answer, each to be read in full."""
    return [
        text_row(stored(db, one.kind, one.version), before=one.before)
        for one in due(db, actor.user_id, now=now)
    ]


def agree(db: Session, actor: Actor, *, answers: Answers, now: datetime) -> None:
    """Keeps somebody's answers: to the newest versions alone, the needed ones with yes.

    What was answered before with the same version stays as it is. Works for somebody who is not
    whole in yet (stage "agree") as for somebody in their settings.
    """
    waiting = {one.kind: one for one in due(db, actor.user_id, now=now)}
    counts = newest(db, now=now)
    given = [kind for kind in TEXTS if kind in answers.agreed]
    if any(answers.versions.get(kind) != counts.get(kind) for kind in given):
        raise TextChanged
    if any(kind in NEEDED and not answers.agreed.get(kind, False) for kind in {*waiting, *given}):
        raise Needed
    for kind in given:
        if kind in waiting:
            note(db, actor, kind, counts[kind], agreed=answers.agreed[kind], now=now)


def note(
    db: Session,
    actor: Actor,
    kind: str,
    version: int,
    *,
    agreed: bool,
    now: datetime,
    why: str = "",
) -> None:
    """Keeps one answer, and the trace of it."""
    db.add(Agreement(user_id=actor.user_id, kind=kind, version=version, agreed=agreed, at=now))
    db.flush()
    audit.record(
        db,
        actor,
        "C",
        category="agreement",
        patient_id=actor.own_patient_id,
        entity=f"Text/{kind}/{version}",
        reason=why or ("agreed" if agreed else "declined"),
        now=now,
    )


def answers_of(db: Session, user_id: str) -> dict[tuple[str, int], bool]:
    """Returns the last answer of an account to each version."""
    query = (
        select(col(Agreement.kind), col(Agreement.version), col(Agreement.agreed))
        .where(col(Agreement.user_id) == user_id)
        .order_by(col(Agreement.at))
    )
    rows = db.connection().execute(query)
    return {(row.kind, row.version): row.agreed for row in rows}


def _is_answered(said: Mapping[tuple[str, int], bool], kind: str, version: int) -> bool:
    """Whether a version needs no answer any more: a free choice is answered by a no as well."""
    answer = said.get((kind, version))
    return answer is not None and (answer or kind not in NEEDED)


def _before(said: Mapping[tuple[str, int], bool], kind: str) -> int:
    return max((version for (one, version), yes in said.items() if one == kind and yes), default=0)
