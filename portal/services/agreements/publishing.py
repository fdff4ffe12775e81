"""Publishing: the first versions, which come with the clinic, and new ones, which it writes."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.errors import Conflict, Invalid
from portal.models.agreements import TEXTS, Agreement, LegalText
from portal.models.people import Organization
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import once
from portal.services.agreements.reading import newest
from portal.services.agreements.rows import TextRow, VersionRow, parts_of, titles
from portal.words import _, language, short_day

FOLDER = Path(__file__).parent / "texts"
BODY_LEAST, BODY_MOST, CHANGED_MOST = 40, 50_000, 1000


class PublishedMeanwhile(Conflict):
    """Somebody else published a version while this one was being written."""

    sentence = _(
        "Somebody else has published a new version meanwhile. Read it, then publish yours again."
    )


def first_texts(clinic: str) -> dict[str, str]:
    """Returns the project's own texts with a clinic's name in them."""
    folder = FOLDER / language()
    folder = folder if folder.is_dir() else FOLDER / "en"
    name = clinic.strip() or _("the clinic")
    return {
        kind: (folder / f"{kind}.txt").read_text("utf8").replace("{clinic}", name).strip()
        for kind in TEXTS
    }


def begin(db: Session, actor: Actor, *, now: datetime) -> None:
    """Lays the first versions down where a text has none; what is there stays."""
    there = {kind for (kind,) in db.connection().execute(select(col(LegalText.kind)).distinct())}
    if there >= set(TEXTS):
        return
    query = select(col(Organization.name)).where(col(Organization.is_clinic).is_(True))
    clinic = db.connection().execute(query).scalar()
    if clinic is None:
        return
    for kind, body in first_texts(clinic).items():
        if kind not in there:
            _write(db, actor, LegalText(kind=kind, version=1, body=body, published_at=now), now)


def publish(
    db: Session, actor: Actor, *, kind: str, body: str, changed: str, after: int, now: datetime
) -> TextRow:
    """Publishes a new version of a text; the older ones stay as they are.

    `changed` says in a sentence or two what is new; `after` is the version that it was written
    from: raises `PublishedMeanwhile` where that is not the newest any more.
    """
    require(actor, Permission.SET_POLICIES)
    body, changed = _tidy(body), " ".join(changed.split())
    _check(kind, body, changed)
    if newest(db, now=now).get(kind, 0) != after:
        raise PublishedMeanwhile
    record = LegalText(
        kind=kind,
        version=after + 1,
        body=body,
        changed=changed,
        published_at=now,
        published_by=actor.name,
    )
    if not _write(db, actor, record, now):
        raise PublishedMeanwhile
    return TextRow(kind=kind, title=titles()[kind], version=record.version, said=short_day(now))


def published(db: Session, actor: Actor, *, now: datetime) -> list[VersionRow]:
    """Returns every version of every text, the newest of each kind first."""
    require(actor, Permission.SET_POLICIES)
    audit.record(db, actor, "R", category="texts", now=now)
    table: Any = LegalText.__table__  # pyright: ignore[reportAttributeAccessIssue]
    counted = _agreed(db)
    rows = db.connection().execute(select(table).order_by(table.c.version.desc())).all()
    return [
        VersionRow(
            kind=row.kind,
            title=titles()[row.kind],
            version=row.version,
            said=short_day(row.published_at),
            changed=row.changed,
            body=row.body,
            agreed=counted.get((row.kind, row.version), 0),
        )
        for row in sorted(rows, key=lambda row: TEXTS.index(row.kind))
    ]


def _agreed(db: Session) -> dict[tuple[str, int], int]:
    """Returns how many accounts have agreed to each version."""
    people = func.count(func.distinct(col(Agreement.user_id)))
    query = (
        select(col(Agreement.kind), col(Agreement.version), people.label("people"))
        .where(col(Agreement.agreed).is_(True))
        .group_by(col(Agreement.kind), col(Agreement.version))
    )
    return {(row.kind, row.version): row.people for row in db.connection().execute(query)}


def _write(db: Session, actor: Actor, record: LegalText, now: datetime) -> bool:
    if not once.insert(db, LegalText, [record.model_dump()]):
        return False
    entity = f"Text/{record.kind}/{record.version}"
    audit.record(db, actor, "C", category="texts", entity=entity, now=now)
    return True


def _check(kind: str, body: str, changed: str) -> None:
    if kind not in TEXTS:
        raise Invalid
    if not BODY_LEAST <= len(body) <= BODY_MOST or not parts_of(body):
        said = _("Write the whole text: at least {least} and at most {most} letters.")
        raise Invalid(said.format(least=BODY_LEAST, most=BODY_MOST))
    if not changed or len(changed) > CHANGED_MOST:
        said = _("Say in one or two sentences what is new, in at most {most} letters.")
        raise Invalid(said.format(most=CHANGED_MOST))


def _tidy(body: str) -> str:
    lines = [line.rstrip() for line in body.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines).strip()
