"""What the forms of the desk have in common: all of it is text, and an empty field is none."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from portal.errors import Invalid
from portal.words import _


class Entered(BaseModel):
    """A form: numbers come as text, an empty field is its default, a ticked box says "on"."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def read(cls, given: Any, info: Any) -> Any:
        """Takes an empty field as its default, and nothing but text."""
        if not isinstance(given, str):
            raise ValueError(_(Invalid.sentence))  # noqa: TRY004 - pydantic turns it into a refusal
        default = cls.model_fields[info.field_name].default
        return given if given.strip() else default
