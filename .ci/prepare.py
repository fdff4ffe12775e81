"""Makes .venv and puts the pinned requirements into it; does nothing when both are up to date.

    python3 .ci/prepare.py [--tests] [--port 3000]

`make` runs this before every chore, so it needs Python alone. What pip says goes to a log file.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOGS = ROOT / ".build" / "log"
OLDEST = (3, 11)
SAID_EVERY_S = 10


def main() -> None:
    """Reads what is asked for and prepares it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tests", action="store_true", help="also what the tests and checks need")
    asked.add_argument("--port", type=int, help="stop here if this port is taken")
    choice = asked.parse_args()
    if sys.version_info < OLDEST:
        stop(
            f"The portal needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
            "Install a newer one, or name it: make PYTHON=python3.12 …"
        )
    if choice.port:
        refuse_taken(choice.port)
    make_environment()
    install("requirements.txt", "the requirements", "one to two minutes")
    if choice.tests:
        install("requirements-dev.txt", "what the tests need", "about a minute")
        find_browser()


def refuse_taken(port: int) -> None:
    """Stops with a sentence when something else listens on the port."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            stop(
                f"Port {port} is taken by another program. Stop that one, or choose another "
                f"port: make demo PORT={port + 1}"
            )


def make_environment() -> None:
    """Makes .venv where there is none."""
    if PYTHON.exists():
        return
    try:
        __import__("ensurepip")
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        stop(
            "This Python cannot make virtual environments. On Debian and Ubuntu: "
            f"apt install python{version}-venv"
        )
    run([sys.executable, "-m", "venv", str(VENV)], "venv", "Making .venv", "5 seconds")


def install(name: str, what: str, usually: str) -> None:
    """Installs one list of requirements, unless the same list is in already."""
    digest = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    stamp = VENV / f".{name}.sha256"
    if stamp.exists() and stamp.read_text() == digest:
        return
    run(
        [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "--no-deps",  # the list is whole; an older pip would look for newer ones by itself
            "-r",
            str(ROOT / name),
        ],
        f"pip-{name}",
        f"Installing {what}",
        usually,
    )
    stamp.write_text(digest)


def find_browser() -> None:
    """Installs Chromium where it is missing and the user may; the tests say so where they skip."""
    names = ("chromium", "chromium-browser", "google-chrome")
    if any(shutil.which(name) for name in names) or not shutil.which("apt-get"):
        return
    prefix = as_root()
    if prefix is None:
        return
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        done = run(
            [*prefix, "apt-get", *words],
            f"apt-{words[0]}",
            "Installing Chromium for the browser tests",
            "a minute",
            must=False,
        )
        if not done:
            return


def as_root() -> list[str] | None:
    """Returns what to write before a command to run it as root, or None where one may not."""
    whoami = subprocess.run(["id", "-u"], capture_output=True, text=True, check=True)
    if whoami.stdout.strip() == "0":
        return []
    sudo = shutil.which("sudo")
    if (
        sudo
        and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return [sudo, "-n"]
    return None


def run(command: list[str], name: str, what: str, usually: str, *, must: bool = True) -> bool:
    """Runs a command into a log file, saying every few seconds that it is still at it."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    print(f"{what} (usually {usually}) …", flush=True)
    began, over = time.monotonic(), threading.Event()
    clock = threading.Thread(target=say_time, args=(began, over), daemon=True)
    clock.start()
    with log.open("wb") as out:
        code = subprocess.run(
            command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False
        ).returncode
    over.set()
    clock.join()
    if code == 0:
        print(f"  done in {time.monotonic() - began:.0f} s", flush=True)
    elif must:
        tail = log.read_text(errors="replace").splitlines()[-5:]
        stop("\n".join([*tail, f"{what} failed; the whole story is in {log.relative_to(ROOT)}"]))
    return code == 0


def say_time(began: float, over: threading.Event) -> None:
    """Says that work goes on, until it is over."""
    while not over.wait(SAID_EVERY_S):
        print(f"  … still at it, {time.monotonic() - began:.0f} s", flush=True)


def stop(sentence: str) -> None:
    """Ends with a sentence."""
    sys.exit(sentence)


if __name__ == "__main__":
    main()
