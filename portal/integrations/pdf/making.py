"""Making a sheet from a template, its words and its values."""

import io
import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import segno
import typst

log = logging.getLogger("portal.pdf")

FOLDER = Path(__file__).parent / "templates"
TEMPLATES = frozenset({"invitation", "code", "daysheet"})
# Compact enough to be scanned from paper that was folded, with a quarter to spare.
ERROR_LEVEL = "q"
DOES_NOT_FIT = "that is too long for a sheet"
_MOST = 20_000
# A day of thirty practitioners, each with the most that fits into it.
_MOST_OF_A_DAY = 500_000
# What typst says where no font has a sign.
UNREADABLE = "could not be displayed"


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
    if len(given) > (_MOST_OF_A_DAY if sheet.template == "daysheet" else _MOST):
        raise ValueError(DOES_NOT_FIT)
    compiler = typst.Compiler(FOLDER / f"{sheet.template}.typ", root=FOLDER)
    inputs = {"given": given, "qr": _qr(sheet.qr) if sheet.qr else ""}
    at = now.replace(microsecond=0)
    try:
        return _pdf(compiler, inputs, at, ["ua-1"])
    except typst.TypstError as error:
        if UNREADABLE not in error.message:
            raise
        # A name in a script that this machine has no font for: the sheet is of use without it.
        log.warning("a sheet lacks letters: install a font for them (docs/operator.md)")
        return _pdf(compiler, inputs, at, [])


def _pdf(
    compiler: typst.Compiler, inputs: dict[str, str], at: datetime, standards: list[Any]
) -> bytes:
    made: Any = compiler.compile(
        format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=at
    )
    return made


def _qr(text: str) -> str:
    """Returns a code to scan as SVG, with the quiet zone that cameras need."""
    out = io.BytesIO()
    segno.make(text, error=ERROR_LEVEL, micro=False).save(out, kind="svg", border=4, scale=4)
    return out.getvalue().decode()
