"""Ways back: somebody lost password or factors, and the clinic has proved who it is (MFA-10).

The proof is noted, the account is told, and a day passes or a second member of staff approves.
Then a link goes to the proved address or into a letter; with it belongs the short code that was
handed over, and for a patient the birth date. Nobody here ever sees or chooses a password.
"""

from portal.services.invitations.proving import Given, Opening
from portal.services.ways_back.beginning import (
    Begun,
    CodesClosed,
    NoAccount,
    PatientWays,
    begin,
    of_patient,
)
from portal.services.ways_back.deciding import (
    Ready,
    approve,
    letter,
    object_to,
    own,
    refuse,
    tick,
    waiting,
)
from portal.services.ways_back.rows import WayBackRow
from portal.services.ways_back.using import owner, prove, use

__all__ = [
    "Begun",
    "CodesClosed",
    "Given",
    "NoAccount",
    "Opening",
    "PatientWays",
    "Ready",
    "WayBackRow",
    "approve",
    "begin",
    "letter",
    "object_to",
    "of_patient",
    "own",
    "owner",
    "prove",
    "refuse",
    "tick",
    "use",
    "waiting",
]
