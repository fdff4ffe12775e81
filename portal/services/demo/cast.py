"""Who is at the demo clinic: invented people, none of whom ever lived.

Ages are given for today, so that the child stays nine and the teenager fifteen.
"""

from dataclasses import dataclass

from portal.services.demo import table

# One for all of them, long enough for the portal's own rule, easy to type on a phone.
PASSWORD = "juniper berries in the rain"  # noqa: S105 - shown on the demo's front page


@dataclass(frozen=True)
class Member:
    """Somebody who works at the clinic. `work` is what patients read."""

    key: str
    name: str
    role: str
    work: str
    gender: str
    room: str = ""


STAFF = (
    Member("osei", "Dr Amara Osei", "practitioner", "Family doctor", "female", "Room 2"),
    Member("okafor", "Dr Dana Okafor", "practitioner", "Doctor for adults", "female", "Room 3"),
    Member("chow", "Dr Lena Chow", "practitioner", "Children’s doctor", "female", "Room 5"),
    Member("nair", "Priya Nair", "practitioner", "Nurse practitioner", "female", "Room 1"),
    Member("tom", "Nurse Tom Hadley", "nurse", "Nurse", "male", "Room 4"),
    Member("kim", "Kim Doyle", "front_desk", "Front desk", "female"),
    Member("frank", "Frank Bellweather", "front_desk", "Front desk", "male"),
    Member("bo", "Bo Pennyworth-Lind", "billing", "Bills", "other"),
    Member("ruth", "Ruth Abernethy-Vole", "manager", "Practice manager", "female"),
    Member("ada", "Ada Lindenblatt", "administrator", "Looks after this portal", "female"),
    Member("otto", "Otto Merrivale", "auditor", "Privacy officer", "male"),
)


@dataclass(frozen=True)
class Person:
    """A patient. `birthday` is month and day; `months` counts where years are too coarse."""

    key: str
    given: str
    family: str
    age: int
    birthday: str
    gender: str
    doctor: str = "osei"
    language: str = "en"
    street: str = ""
    traits: tuple[str, ...] = ()
    months: int = 0

    @property
    def name(self) -> str:
        """The whole name, in the order in which its own language writes it."""
        parts = (self.given, self.family)
        return " ".join(reversed(parts) if self.language in {"ja", "zh", "ko"} else parts)


def _person(cells: list[str]) -> Person:
    key, given, family, age, birthday, gender, doctor, language, street, traits = cells
    return Person(
        key=key,
        given=given,
        family=family,
        age=0 if age.endswith("m") else int(age),
        months=int(age[:-1]) if age.endswith("m") else 0,
        birthday=birthday,
        gender={"f": "female", "m": "male", "o": "other", "u": "unknown"}[gender],
        doctor=doctor,
        language=language,
        street=street,
        traits=tuple(traits.split()),
    )


PATIENTS = tuple(_person(row) for row in table.cells("patients"))


@dataclass(frozen=True)
class Relative:
    """Somebody who helps a patient; `user` names the account that may open the record."""

    patient: str
    name: str
    relationship: str
    user: str = ""
    kind: str = ""


RELATIVES = (
    Relative("ana", "Marta Silva", "mother", "marta", "parent"),
    Relative("ana", "Tomás Silva", "father", "tomas", "parent"),
    Relative("joaquim", "Marta Silva", "daughter", "marta", "adult"),
    Relative("tess", "Claire Moreau", "mother", "claire", "parent"),
    Relative("acorn", "Rosa Little-Acorn", "mother", "rosa", "parent"),
    Relative("priscilla", "Mark Otterbourne", "son", "mark", "agent"),
    Relative("marta", "Tomás Silva", "husband"),
    Relative("mina", "Percy Quillfeather", "brother"),
    Relative("zofia", "Ewa Żuraw-Kłos", "mother"),
)


@dataclass(frozen=True)
class Account:
    """Who signs in as what; `shows` says what there is to see with it."""

    key: str
    role: str
    shows: str
    name: str = ""


ACCOUNTS = (
    Account("marta", "patient", "A full Home; also opens her daughter’s and her father’s record"),
    Account("joaquim", "patient", "An old man’s own view; Marta helps him"),
    Account("tess", "patient", "A teenager: parts of her record are hers alone"),
    Account("mina", "patient", "Sixteen years of records, thousands of entries"),
    Account("noor", "patient", "A new patient: nothing there yet"),
    Account("rosa", "patient", "A mother with her baby’s record"),
    Account("tomas", "helper", "Ana’s father: opens her record alone", "Tomás Silva"),
    Account("claire", "helper", "Tess’s mother: does not see what is Tess’s own", "Claire Moreau"),
    Account("mark", "helper", "Helps his mother Priscilla", "Mark Otterbourne"),
    Account("osei", "practitioner", "Marta’s doctor"),
    Account("okafor", "practitioner", "A doctor with a full day"),
    Account("chow", "practitioner", "The children’s doctor"),
    Account("nair", "practitioner", "Nurse practitioner"),
    Account("tom", "nurse", "Answers about medicines"),
    Account("kim", "front_desk", "The day, the patients, the letters; no results"),
    Account("frank", "front_desk", "The second at the desk"),
    Account("bo", "billing", "Bills: sees who patients are, no records"),
    Account("ruth", "manager", "Announcements, the day, the people"),
    Account("ada", "administrator", "Accounts and announcements, no records"),
    Account("otto", "auditor", "Who looked at what"),
)
