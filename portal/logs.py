"""Logs: what happened and where, never what it was about.

A line of our own says what we wrote in the source, in UTC. A line of a library may quote an event,
a header, an address or a row: of it only the place in the library's source is kept, which is
enough to look its words up. Of an error only its type and where it came from (SECURITY LOG-01…04).
"""

import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import msgspec

OURS = "portal"
PLACES = 4
WITHHELD = "(the words of a library are kept out of the log)"


class Lines(logging.Formatter):
    """One line each: JSON for machines, plain for somebody who watches."""

    def __init__(self, *, is_plain: bool) -> None:
        """`is_plain` for a terminal."""
        super().__init__()
        self._is_plain = is_plain

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line of a record."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": _one_line(record.getMessage()) if _is_ours(record) else WITHHELD,
        }
        if not _is_ours(record):
            line["place"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"], line["came_from"] = type(error).__name__, place(error)
        if self._is_plain:
            return " ".join(line.values())
        return msgspec.json.encode(line).decode()


def settle(level: str, out: TextIO | None = None) -> None:
    """Takes over every logger of this process, and what nobody caught."""
    stream = out or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(is_plain=stream.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # Each tab that is closed while an answer is on its way would be a line.
    logging.getLogger("reflex.app").setLevel(logging.ERROR)
    logging.getLogger(OURS).setLevel(level.upper())
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            logger.handlers, logger.propagate = [], True
    logging.captureWarnings(capture=True)
    # A failure while logging would print the record, with everything in it.
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda what: _lost(what.exc_value)
    threading.excepthook = lambda what: _lost(what.exc_value)


def place(error: BaseException) -> str:
    """Returns where an error came from, the last few steps: `home.py:20 > access.py:40`."""
    steps: list[str] = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
        steps.append(f"{name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(steps[-PLACES:])


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name == OURS or record.name.startswith(f"{OURS}.")


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _lost(error)


def _lost(error: BaseException | None) -> None:
    if error is not None:
        log = logging.getLogger(OURS)
        log.critical("nobody caught %s at %s", type(error).__name__, place(error))
