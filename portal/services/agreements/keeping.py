"""Keeping: what somebody agreed to and when, and changing one's mind about e-mails."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from portal.errors import Invalid
from portal.models.agreements import Agreement
from portal.security.actor import Actor
from portal.services.agreements.asking import answers_of, note
from portal.services.agreements.reading import newest
from portal.services.agreements.rows import AgreedRow, titles
from portal.words import _, clock, short_day

FREE = "electronic"

# The last answer to the newest version that was answered comes last. Built once: building it costs
# more than running it, and it is asked for each letter that goes out.
_SAID = (
    select(col(Agreement.user_id), col(Agreement.version), col(Agreement.agreed))
    .where(col(Agreement.user_id).in_(bindparam("ids", expanding=True)))
    .where(col(Agreement.kind) == FREE)
    .order_by(col(Agreement.version), col(Agreement.at))
)


class NotAgreed(Invalid):
    """There is nothing to take back, or nothing to agree to."""

    sentence = _("Nothing was changed: it stands like that already.")


def history(db: Session, actor: Actor, *, now: datetime) -> list[AgreedRow]:
    """Returns everything that the actor ever answered, the newest first."""
    query = (
        select(Agreement.__table__)  # pyright: ignore[reportAttributeAccessIssue]
        .where(col(Agreement.user_id) == actor.user_id)
        .order_by(col(Agreement.at).desc(), col(Agreement.kind))
    )
    counts, seen, rows = newest(db, now=now), set[str](), list[AgreedRow]()
    for row in db.connection().execute(query):
        is_current = row.kind not in seen and counts.get(row.kind) == row.version
        seen.add(row.kind)
        rows.append(
            AgreedRow(
                kind=row.kind,
                title=titles()[row.kind],
                version=row.version,
                said=f"{short_day(row.at)}, {clock(row.at)}",
                agreed=row.agreed,
                is_current=is_current,
                may_take_back=is_current and row.agreed and row.kind == FREE,
            )
        )
    return rows


def take_back(db: Session, actor: Actor, *, now: datetime) -> None:
    """Takes the consent to e-mails back: it counts from this moment."""
    _decide(db, actor, agreed=False, now=now)


def start_anew(db: Session, actor: Actor, *, now: datetime) -> None:
    """Agrees to e-mails after all."""
    _decide(db, actor, agreed=True, now=now)


def _decide(db: Session, actor: Actor, *, agreed: bool, now: datetime) -> None:
    version = newest(db, now=now).get(FREE)
    if version is None or answers_of(db, actor.user_id).get((FREE, version), False) is agreed:
        raise NotAgreed
    why = "agreed" if agreed else "taken back"
    note(db, actor, FREE, version, agreed=agreed, now=now, why=why)


def may_write_to(db: Session, user_id: str) -> bool:
    """Says whether an account agreed to be told by e-mail of news (not of its safety).

    A yes to an older version counts until the new one was answered.
    """
    return user_id in who_agreed(db, [user_id])


def who_agreed(db: Session, user_ids: Collection[str]) -> set[str]:
    """Returns which of these accounts agreed to be told of news, as `may_write_to` says it."""
    said: dict[str, bool] = {}
    for row in db.connection().execute(_SAID, {"ids": list(user_ids)}):
        said[row.user_id] = row.agreed
    return {user_id for user_id, yes in said.items() if yes}
