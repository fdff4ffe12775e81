"""Patients: finding them, and how their names are compared."""

import unicodedata


def fold(text: str) -> str:
    """Returns a name as it is compared: no accents, no case, one space between words."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    return " ".join(plain.casefold().split())[:200]
