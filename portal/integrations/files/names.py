"""Names of files: as they are shown, and as an answer's header says them."""

import unicodedata
from urllib.parse import quote

NAME_MAX = 120
# What some system would not let a file be called.
_UNUSABLE = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
# Controls, formats (turned letters, joiners), surrogates, what has no meaning yet, line ends.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NAMELESS = "file"


def clean(given: str, ending: str) -> str:
    """Returns how a file is called: no way to another folder, nothing unseen, its true ending."""
    stem = _bare(given).rpartition(".")[0] or _bare(given)
    kept = stem[: NAME_MAX - len(ending) - 1].strip(" .")
    return f"{kept or _NAMELESS}.{ending}"


def ending_of(given: str) -> str:
    """Returns what a name ends with, in small letters; nothing where it has no ending."""
    _stem, dot, ending = _bare(given).rpartition(".")
    return ending.lower() if dot else ""


def _bare(given: str) -> str:
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN)
    return unicodedata.normalize("NFC", " ".join(seen.translate(_UNUSABLE).split())).strip(" .")


def disposition(name: str) -> str:
    """Returns the header that has a file saved under its name (RFC 6266), never shown."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in plain)
    short, whole = safe.strip(), quote(name, safe="")
    if short.startswith(".") or not short:
        short = _NAMELESS + short
    return f"attachment; filename=\"{short}\"; filename*=UTF-8''{whole}"
