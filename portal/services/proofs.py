"""Proofs: how the clinic made sure who somebody is, before an invitation is printed or a way back.

One list for both (NIST SP 800-63A, in person), coded, so that it can be counted and read later.
"""

from portal.words import _

PROOFS: dict[str, str] = {
    "photo-id": _("Photo ID, in person"),
    "call-back": _("We called the number on file"),
    "known-in-person": _("Known to us in person"),
}


def choices() -> list[tuple[str, str, str]]:
    """Returns how identity may be proved, for a choice: code, words, detail."""
    return [(key, _(words), "") for key, words in PROOFS.items()]


def words(code: str) -> str:
    """Says a proof in words; empty for what is none."""
    return _(PROOFS[code]) if code in PROOFS else ""
