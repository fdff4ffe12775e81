"""Making a sheet from a template, its words and its values."""

import io
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import segno
import typst

FOLDER = Path(__file__).parent / "templates"
TEMPLATES = frozenset({"invitation", "code"})
# Compact enough to be scanned from paper that was folded, with a quarter to spare.
ERROR_LEVEL = "q"
DOES_NOT_FIT = "that is too long for a sheet"
_MOST = 20_000


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet: the values of its template; `qr` becomes a code to scan."""

    template: str
    language: str
    values: dict[str, Any] = field(default_factory=dict)
    qr: str = ""


def make(sheet: Sheet, *, now: datetime) -> bytes:
    """Returns a sheet as PDF; takes some 100 ms, so never on the event loop."""
    if sheet.template not in TEMPLATES:
        raise ValueError(sheet.template)
    given = msgspec.json.encode({**sheet.values, "language": sheet.language}).decode()
    if len(given) > _MOST:
        raise ValueError(DOES_NOT_FIT)
    return typst.compile(
        FOLDER / f"{sheet.template}.typ",
        root=FOLDER,
        format="pdf",
        sys_inputs={"given": given, "qr": _qr(sheet.qr) if sheet.qr else ""},
        pdf_standards=["ua-1"],
        timestamp=now.replace(microsecond=0),
    )


def _qr(text: str) -> str:
    """Returns a code to scan as SVG, with the quiet zone that cameras need."""
    out = io.BytesIO()
    segno.make(text, error=ERROR_LEVEL, micro=False).save(out, kind="svg", border=4, scale=4)
    return out.getvalue().decode()
