"""The machine of a run: what a figure means nothing without."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("reflex", "uvicorn", "python-socketio", "sqlalchemy", "sqlcipher3", "uvloop")


def described() -> dict[str, Any]:
    """Returns processor, memory, load, server class and versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "server": "uvicorn.Server, uvloop, httptools, websockets-sansio",
        "workers": 1,
        "load": load(),
        "commit": _commit(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def load() -> list[float]:
    """Returns the load averages over 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf8").splitlines()
    except OSError:
        return platform.processor()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def _commit() -> str:
    words = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip()
