"""A layperson's words for what comes up most; empty where none are known, never a guess.

The words are the portal's own. A code decides first; else the medical term, without its kind in
brackets, decides. Only whole terms match: half a match would say something wrong.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

SYSTEMS = {
    "http://loinc.org": "loinc",
    "http://snomed.info/sct": "snomed",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
}
_KIND = re.compile(r"\s*\((disorder|finding|situation|procedure|regime/therapy|substance|event)\)$")
_TABLE = Path(__file__).parent / "tables" / "plain_words.txt"


@cache
def _words() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _TABLE.read_text("utf8").splitlines():
        if line and not line.startswith("#"):
            names, _bar, words = line.partition(" = ")
            found.update((name.strip().casefold(), words) for name in names.split(" | "))
    return found


@lru_cache(maxsize=8192)
def of(code: str, system: str, title: str) -> str:
    """Returns the plain words for a code or a term; "" where none are known."""
    words = _words()
    short = SYSTEMS.get(system)
    found = words.get(f"{short}:{code}".casefold()) if short else None
    return found or words.get(_KIND.sub("", title).casefold(), "")
