"""Questions: whether what a notice tells of is still true, asked of whoever wrote it.

A service that writes notices of things that may be settled meanwhile leaves its question here; it
is asked with each try, in the transaction that takes the row (SECURITY JOB-04).
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from portal.models.audit import OutboxNotice
from portal.services.notices.codes import SETTLED

Question = Callable[[Session, OutboxNotice, datetime], bool]
_ASKED: dict[str, Question] = {}


def ask_before(kind: str, is_still_true: Question) -> None:
    """Lets a question be asked before each try to send a notice of a kind."""
    _ASKED[kind] = is_still_true


def untrue(db: Session, notice: OutboxNotice, now: datetime) -> str:
    """Says why a notice must not go out; empty where it may."""
    question = _ASKED.get(notice.kind)
    return SETTLED if question is not None and not question(db, notice, now) else ""
