"""One's own account at a glance: what the first page of the settings says."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portal.security.actor import Actor
from portal.services import contact, devices, factors


@dataclass(frozen=True)
class AccountRow:
    """What stands beside each way on in the settings."""

    sign_in_name: str = ""
    email: str = ""
    is_email_proven: bool = False
    open_elsewhere: int = 0
    factors: int = 0
    recovery_left: int = 0
    uses_email: bool = False


def view(db: Session, actor: Actor, *, now: datetime) -> AccountRow:
    """Returns the actor's own account at a glance."""
    reached = contact.view(db, actor, now=now)
    held = factors.view(db, actor, now=now)
    return AccountRow(
        sign_in_name=reached.sign_in_name,
        email=reached.email,
        is_email_proven=reached.is_email_proven,
        open_elsewhere=len(devices.view(db, actor, now=now).others),
        factors=len(held.factors),
        recovery_left=held.recovery_left,
        uses_email=held.uses_email,
    )
