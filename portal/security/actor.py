"""The actor: who does something, for whom, in which role. Made anew for every act."""

from dataclasses import dataclass
from datetime import datetime

STAFF = frozenset(
    {
        "practitioner",
        "nurse",
        "front_desk",
        "billing",
        "manager",
        "administrator",
        "auditor",
    }
)


@dataclass(frozen=True)
class Actor:
    """Who acts. `patient_id` is the record that is open, for patients and their helpers."""

    user_id: str
    name: str
    role: str
    # The actor's own record, where they are a patient of the clinic.
    own_patient_id: str = ""
    # The record that is open in this sign-in: the own one, or one they help with.
    patient_id: str = ""
    practitioner_id: str = ""
    sign_in_id: str = ""
    source: str = ""
    # The record that was open, where the right to it has ended: until another one is opened.
    lost_patient_id: str = ""
    # What a helper was given of the open record (security/scopes.py).
    scopes: frozenset[str] = frozenset()
    # What the clinic's policies add to the role, by the names of permissions.
    granted: frozenset[str] = frozenset()
    # The moment of this act, and when a factor was last entered anew.
    at: datetime | None = None
    confirmed_at: datetime | None = None
    # Whether the portal asks by itself, to keep an open page true: nobody did anything.
    is_glance: bool = False
    # Whether they hold a link from a mail, and have not signed in.
    is_by_link: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether the actor works for the clinic."""
        return self.role in STAFF

    @property
    def is_system(self) -> bool:
        """Whether the portal itself acts: an import, a job, a command."""
        return self.role == "system"

    @property
    def acting_for(self) -> str:
        """The patient whom the actor helps at this moment; empty when acting for themselves."""
        if self.is_staff or self.is_system or self.patient_id == self.own_patient_id:
            return ""
        return self.patient_id


def system(name: str) -> Actor:
    """Returns the portal itself as the actor, named after what it does: `import`, `demo`."""
    return Actor(user_id=f"system:{name}", name=name, role="system")


def nobody(source: str) -> Actor:
    """Returns somebody who has not signed in, as the actor: known by their address alone."""
    return Actor(user_id="", name="", role="nobody", source=source)
