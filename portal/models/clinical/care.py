"""Care ahead: plans and what they ask, goals, and the team."""

from sqlalchemy import Index
from sqlmodel import Field

from portal.models.base import Table, new_id
from portal.models.clinical import codes
from portal.models.clinical.base import (
    CODE,
    DATE,
    ID,
    NAME,
    NOTE,
    TITLE,
    ClinicalRecord,
    rules,
)


class CarePlan(ClinicalRecord, table=True):
    """What the team and the person plan to do; `note` is its description."""

    __table_args__ = rules(codes.CARE_PLAN)

    intent: str = Field(default="", max_length=CODE)
    category: str = Field(default="", max_length=TITLE)
    period_start: str = Field(default="", max_length=DATE)
    period_end: str = Field(default="", max_length=DATE)
    addresses: str = Field(default="", max_length=TITLE, description="The conditions it is for.")


class CarePlanActivity(Table, table=True):
    """One thing to do in a care plan."""

    __table_args__ = (Index(None, "care_plan_id", "position"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    care_plan_id: str = Field(foreign_key="care_plan.id", max_length=ID, ondelete="CASCADE")
    position: int = Field(default=0)
    status: str = Field(default="", max_length=CODE)
    title: str = Field(default="", max_length=TITLE)
    plain: str = Field(default="", max_length=TITLE)
    code: str = Field(default="", max_length=CODE)
    place: str = Field(default="", max_length=NAME)
    note: str = Field(default="", max_length=NOTE)


class CareTeam(ClinicalRecord, table=True):
    """The people who care for a person."""

    __table_args__ = rules(codes.CARE_TEAM)

    category: str = Field(default="", max_length=TITLE)
    period_start: str = Field(default="", max_length=DATE)
    period_end: str = Field(default="", max_length=DATE)


class CareTeamParticipant(Table, table=True):
    """One member of a care team: a practitioner, an organization, a relative or the person."""

    __table_args__ = (Index(None, "care_team_id", "position"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    care_team_id: str = Field(foreign_key="care_team.id", max_length=ID, ondelete="CASCADE")
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", max_length=ID)
    position: int = Field(default=0)
    name: str = Field(default="", max_length=NAME)
    role: str = Field(default="", max_length=TITLE)


class Goal(ClinicalRecord, table=True):
    """What a person wants to reach; `title` is its description, `status` its life-cycle status."""

    __table_args__ = rules(codes.GOAL)

    achievement: str = Field(default="", max_length=CODE)
    category: str = Field(default="", max_length=TITLE)
    start: str = Field(default="", max_length=DATE)
    due: str = Field(default="", max_length=DATE)
    target: str = Field(default="", max_length=TITLE, description="Measure and aim, in words.")
    addresses: str = Field(default="", max_length=TITLE, description="The conditions it is for.")
