"""Forms: what the clinic asks, in versions that never change, and what was answered to them.

FHIR’s Questionnaire and QuestionnaireResponse, as far as the portal needs them (docs/forms.md).
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

STATUSES = ("draft", "active", "retired")
# Words to read, a line, several lines, yes or no, one of a list, a day, a whole number.
KINDS = ("display", "string", "text", "boolean", "choice", "date", "integer")
ASKED = ("in-progress", "completed", "amended")
TITLE_MAX, TEXT_MAX, OPTION_MAX = 120, 500, 120
OPTIONS_MAX = 4000
# The longest answer to any question; each kind has its own bound below it (services/forms).
ANSWER_MAX = 4000
KEY_MAX = 64


class Questionnaire(Table, table=True):
    """One version of a form. Once it was published it stays: a change makes the next version."""

    __table_args__ = (
        one_of("status", STATUSES, "status"),
        UniqueConstraint("form_id", "version"),
        # One version is written on and one is asked, or none: two at once, and one is refused.
        Index(
            "ix_questionnaire_draft",
            "form_id",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
        Index(
            "ix_questionnaire_active",
            "form_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    # The same for all versions of one form.
    form_id: str = Field(default_factory=new_id, max_length=64)
    version: int = Field(default=1, ge=1)
    title: str = Field(max_length=TITLE_MAX)
    status: str = Field(default="draft", max_length=10)
    # As it was shipped: nobody of the clinic has looked it over yet.
    is_example: bool = Field(default=False)
    # Rises with each change of a draft: who writes on an old one is told.
    edition: int = Field(default=1, ge=1)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(default="", max_length=300)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class QuestionnaireItem(Table, table=True):
    """A question of one version, or words to read between them."""

    __table_args__ = (
        one_of("kind", KINDS, "kind"),
        UniqueConstraint("questionnaire_id", "link_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    questionnaire_id: str = Field(foreign_key="questionnaire.id")
    # Names the question in all versions of the form, and in what was answered.
    link_id: str = Field(default_factory=new_id, max_length=64)
    position: int = Field(default=0)
    kind: str = Field(max_length=10)
    text: str = Field(max_length=TEXT_MAX)
    required: bool = Field(default=False)
    # What can be chosen, one a line.
    options: str = Field(default="", max_length=OPTIONS_MAX)


class QuestionnaireResponse(Table, table=True):
    """That a patient was asked a form, by which letter, and how far it has come."""

    __table_args__ = (
        one_of("status", ASKED, "status"),
        CheckConstraint("(number = 0) = (status = 'in-progress')", name="number"),
        Index("ix_questionnaire_response_patient_id", "patient_id"),
        Index("ix_questionnaire_response_thread_id", "thread_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id")
    questionnaire_id: str = Field(foreign_key="questionnaire.id")
    # Whoever may read this conversation may know of the form.
    thread_id: str = Field(foreign_key="thread.id")
    message_id: str = Field(foreign_key="communication.id")
    asked_by_id: str | None = Field(default=None, foreign_key="user.id")
    asked_by: str = Field(max_length=300)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    status: str = Field(default="in-progress", max_length=12)
    # How many times it was sent; the last counts.
    number: int = Field(default=0, ge=0)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ResponseVersion(Table, table=True):
    """What was sent, whole. Never altered: who changes an answer sends the next."""

    __table_args__ = (
        # Two at once, and one is refused; a second tap is the same.
        UniqueConstraint("response_id", "number"),
        UniqueConstraint("author_id", "client_key"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    response_id: str = Field(foreign_key="questionnaire_response.id")
    patient_id: str = Field(foreign_key="patient.id", index=True)
    number: int = Field(ge=1)
    # JSON: the answers by the questions' link ids; what was left empty is not there.
    answers: str
    author_id: str = Field(foreign_key="user.id")
    author_name: str = Field(max_length=300)
    sent_at: datetime = Field(sa_type=UtcDateTime)
    client_key: str = Field(max_length=KEY_MAX)


class ResponseDraft(Table, table=True):
    """What somebody has begun to answer: theirs alone until they send it, on every device."""

    __table_args__ = (UniqueConstraint("response_id", "user_id", "link_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    response_id: str = Field(foreign_key="questionnaire_response.id")
    user_id: str = Field(foreign_key="user.id")
    patient_id: str = Field(foreign_key="patient.id", index=True)
    link_id: str = Field(max_length=64)
    value: str = Field(default="", max_length=ANSWER_MAX)
    # Counted over one person's answers to a form: what was written after something was seen.
    edition: int = Field(ge=1)
    # Which browser tab wrote it.
    tab: str = Field(default="", max_length=KEY_MAX)
    saved_at: datetime = Field(sa_type=UtcDateTime)
