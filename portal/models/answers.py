"""Ready answers: what the clinic writes often, written once."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id

TITLE_MAX = 80
BODY_MAX = 4000


class AnswerTemplate(Table, table=True):
    """A text with fields in braces, which are filled for the conversation that it is put into."""

    __table_args__ = (UniqueConstraint("title"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    title: str = Field(max_length=TITLE_MAX)
    body: str = Field(max_length=BODY_MAX)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(default="", max_length=300)
    # Rises with each change: who writes on an old one is told.
    version: int = Field(default=1, ge=1)
