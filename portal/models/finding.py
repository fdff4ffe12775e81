"""Finding patients: the keys under which each is found, kept apart from their record.

Triggers of the database note in `patient_changed` whose name, birth date, record number or phone
came or changed, whichever way it was written; services/patients writes the keys from there.
"""

from sqlalchemy import Column, String
from sqlmodel import Field

from portal.models.base import Table

KEY_MAX = 300
WORD_MAX = 40
# Compared byte by byte on every database, so that a range of keys is a prefix.
_TEXT = String(KEY_MAX).with_variant(String(KEY_MAX, collation="C"), "postgresql")
_WORD = String(WORD_MAX).with_variant(String(WORD_MAX, collation="C"), "postgresql")


class PatientKey(Table, table=True):
    """One way to find a patient: a kind, a word, and all that is known of the person to compare.

    `fsilva silva ana 19750517`: by family name; `g` by given name, `d` by birth date, `r` by
    record number, `p` by the end of a phone number.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    key: str = Field(sa_column=Column(_TEXT, primary_key=True))
    patient_id: str = Field(primary_key=True, max_length=64)


class PatientFindable(Table, table=True):
    """What the keys of a patient were made of, so that they can be taken away again."""

    patient_id: str = Field(primary_key=True, max_length=64)
    body: str = Field(max_length=KEY_MAX)
    heads: str = Field(max_length=4000)


class PatientChanged(Table, table=True):
    """A patient whose keys are older than the record. Filled by triggers alone."""

    patient_id: str = Field(primary_key=True, max_length=64)


class NameVariant(Table, table=True):
    """A name with one letter left out, and the name: two names one slip apart share one."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    variant: str = Field(sa_column=Column(_WORD, primary_key=True))
    word: str = Field(sa_column=Column(_WORD, primary_key=True))
