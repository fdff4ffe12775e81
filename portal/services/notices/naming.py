"""Naming: what a notice may name of the clinic, and what its account wants it to say."""

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.people import Organization, User
from portal.services.notices.rendering import House


def house(db: Session, portal: str) -> House:
    """Returns what every notice may name of the clinic."""
    query = select(col(Organization.name), col(Organization.phone))
    row = db.connection().execute(query.where(col(Organization.is_clinic))).first()
    return House(row.name if row else "", row.phone if row else "", portal)


def carry(db: Session, user_id: str | None) -> str:
    """Returns what this account wants its notices to say."""
    if not user_id:
        return "clinic"
    query = select(col(User.notices_carry)).where(col(User.id) == user_id)
    return db.connection().execute(query).scalar_one_or_none() or "clinic"
