"""Bouncing: addresses and numbers that are refused for good, and who asks for better ones.

News goes there no more until the owner has proven an address anew; what keeps an account safe is
tried all the same. The front desk sees the person, never the address.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from portal.models.people import Patient, RelatedPerson, User
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, has
from portal.words import _, short_day

MOST = 50


@dataclass(frozen=True)
class BouncedRow:
    """Somebody whom no mail or no text reaches; `beside` whom they help, `href` leads to the chart.

    `what` is refused: "email", "phone", or "both".
    """

    id: str = ""
    name: str = ""
    beside: str = ""
    since: str = ""
    what: str = ""
    href: str = ""


def bounced(db: Session, actor: Actor) -> list[BouncedRow]:
    """Returns whom no mail or text reaches, the newest first, for who asks patients for another."""
    if not has(actor, Permission.INVITE):
        return []
    helped = (col(RelatedPerson.user_id) == col(User.id)) & (col(RelatedPerson.status) == "active")
    query = (
        select(
            col(User.id),
            col(User.name),
            col(User.patient_id),
            col(User.email_bounced_at),
            col(User.phone_refused_at),
            col(Patient.id).label("of"),
            col(Patient.name).label("patient"),
        )
        .outerjoin(RelatedPerson, helped & col(User.patient_id).is_(None))
        .join(Patient, or_(
            col(Patient.id) == col(User.patient_id),
            col(Patient.id) == col(RelatedPerson.patient_id),
        ))
        .where(
            or_(col(User.email_bounced_at).is_not(None), col(User.phone_refused_at).is_not(None)),
            col(User.disabled).is_(False),
            col(User.role).not_in(STAFF),
            col(Patient.deceased).is_(False),
        )
        .order_by(
            func.coalesce(col(User.email_bounced_at), col(User.phone_refused_at)).desc(),
            col(User.id),
            col(Patient.name),
        )
        .limit(MOST)
    )  # fmt: skip
    return [_row(row) for row in db.connection().execute(query)]


def _row(row: Any) -> BouncedRow:
    helps = _("helps {name}").format(name=row.patient) if row.patient_id is None else ""
    refused = {"email": row.email_bounced_at, "phone": row.phone_refused_at}
    since = {what: at for what, at in refused.items() if at is not None}
    return BouncedRow(
        id=f"{row.id}-{row.of}",
        name=row.name,
        beside=helps,
        since=_("since {day}").format(day=short_day(min(since.values()))),
        what="both" if len(since) > 1 else next(iter(since)),
        href=f"/staff/patients/{row.of}",
    )


def said(db: Session, actor: Actor, *, patient_id: str) -> str:
    """Says on a chart that no mail or text reaches the patient's account; empty where both do."""
    if not has(actor, Permission.SEE_CONTACT):
        return ""
    query = select(col(User.email_bounced_at), col(User.phone_refused_at)).where(
        col(User.patient_id) == patient_id, col(User.disabled).is_(False)
    )
    row = db.connection().execute(query).one_or_none()
    mail, texts = row or (None, None)
    words: list[str] = []
    if mail is not None:
        words.append(_("Mails to the account are refused since {day}. Ask for the right address."))
    if texts is not None:
        words.append(_("Texts to the account are refused since {day}. Ask for the right number."))
    since = [at for at in (mail, texts) if at is not None]
    return " ".join(one.format(day=short_day(at)) for one, at in zip(words, since, strict=True))
