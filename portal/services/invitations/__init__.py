"""Invitations: a link and a short code that travel apart, and open one account together, once.

The link (256 bits, of which a digest is kept) goes by e-mail or in a letter; the code is told or
printed apart; a patient's birth date is the third. Five wrong tries end an invitation, a newer
one ends the older, and it expires (SECURITY AUTHN-10; docs/decisions/0012).
"""

from portal.services.invitations.activating import (
    Chosen,
    NameNotUsable,
    Proved,
    open_account,
    prove,
)
from portal.services.invitations.codes import TRIES, code_said
from portal.services.invitations.issuing import (
    HasAccount,
    Issued,
    NoAddress,
    NoProof,
    NotPossible,
    ParentsAddress,
    TooSoon,
    account_for,
    invite,
    is_placeholder,
    issue,
    placeholder,
    revoke,
)
from portal.services.invitations.letters import LetterRow, letter
from portal.services.invitations.proving import Given, Opening, look
from portal.services.invitations.status import AccountRow, view

__all__ = [
    "TRIES",
    "AccountRow",
    "Chosen",
    "Given",
    "HasAccount",
    "Issued",
    "LetterRow",
    "NameNotUsable",
    "NoAddress",
    "NoProof",
    "NotPossible",
    "Opening",
    "ParentsAddress",
    "Proved",
    "TooSoon",
    "account_for",
    "code_said",
    "invite",
    "is_placeholder",
    "issue",
    "letter",
    "look",
    "open_account",
    "placeholder",
    "prove",
    "revoke",
    "view",
]
