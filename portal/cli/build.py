"""Building the pages: once per state of their sources, whole or not at all.

The result lies in `.build/site-HASH`, laid out as Reflex's own folder (`build/client`,
`backend`, `routes.json`), so that it can be served while the next one is being built.
"""

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.cli import environment
from portal.cli.say import CannotRun, step

ROOT = environment.ROOT
BUILDS = ROOT / ".build"
WEB = ROOT / ".web"
KEPT = 3

# Nothing on a page comes from these: the layers beside the pages cannot be imported by them.
NOT_ON_PAGES = ("portal/cli/", "portal/jobs/", "portal/api/")
SOURCES = ("portal", "assets", "reflex.lock")
SINGLE_SOURCES = ("rxconfig.py", "requirements.txt")

# In the browser: the address that the page came from, with the matching socket scheme.
OWN_ADDRESS = {
    "http": "${location.origin}",
    "ws": "${location.origin.replace(/^http/,`ws`)}",
}


def build() -> None:
    """Build the pages where their sources changed."""
    print(f"The pages are built: {site().relative_to(ROOT)}")


def site() -> Path:
    """Returns the build of the present sources, making it first where it is missing."""
    found = BUILDS / f"site-{_digest()}"
    if found.exists():
        return found
    with _alone():
        found = BUILDS / f"site-{_digest()}"
        return found if found.exists() else _make()


def _make() -> Path:
    _begin_anew_where_needed()
    with step("Building the pages", "half a minute; a minute the first time"):
        _export()
    draft = BUILDS / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(WEB / "build" / "client", draft / "build" / "client")
    shutil.copytree(WEB / "backend", draft / "backend")
    shutil.copy2(WEB / "routes.json", draft)
    use_own_address(draft / "build" / "client")
    # The lock of the JavaScript packages may have been written just now; it counts.
    done = BUILDS / f"site-{_digest()}"
    # Then these very pages may have been built before: an older lock was put back meanwhile.
    if not done.exists():
        draft.rename(done)
    _forget_old()
    return done


def _begin_anew_where_needed() -> None:
    """Empties Reflex's folder when what it was made by changed: leftovers have broken builds."""
    made_by = "".join((ROOT / name).read_text("utf8") for name in SINGLE_SOURCES)
    stamp = WEB / ".made-by"
    if not stamp.exists() or stamp.read_text("utf8") != made_by:
        shutil.rmtree(WEB, ignore_errors=True)
        WEB.mkdir()
        stamp.write_text(made_by, "utf8")


def _export() -> None:
    log = BUILDS / "log" / "pages.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
            cwd=ROOT,
            env=environment.for_build(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        end = log.read_text(errors="replace").splitlines()[-15:]
        said = f"The pages could not be built; the whole story is in {log.relative_to(ROOT)}."
        raise CannotRun("\n".join([*end, said]))


def use_own_address(client: Path) -> None:
    """Makes built pages talk to the address that they came from, whatever that is."""
    chunks = list((client / "assets").glob("reflex-env-*.js"))
    for chunk in chunks:
        text, count = re.subn(
            r"[`\"'](http|ws)://localhost:3000(/[\w-]+)[`\"']",
            lambda found: f"`{OWN_ADDRESS[found[1]]}{found[2]}`",
            chunk.read_text(),
        )
        if not count or "localhost" in text:
            break
        chunk.write_text(text)
        for packed in chunk.parent.glob(f"{chunk.name}.*"):
            packed.unlink()
    else:
        if chunks:
            return
    message = "Reflex writes its addresses in another way than this portal knows: see build.py."
    raise CannotRun(message)


def _digest() -> str:
    total = hashlib.sha256()
    for path in _sources():
        name = path.relative_to(ROOT).as_posix()
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for name in SINGLE_SOURCES:
        yield ROOT / name
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and "__pycache__" not in name and not name.startswith(NOT_ON_PAGES):
                yield path


@contextmanager
def _alone() -> Iterator[None]:
    BUILDS.mkdir(exist_ok=True)
    with (BUILDS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("Waiting for another process that builds the pages", "under a minute"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_old() -> None:
    builds = sorted(BUILDS.glob("site-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in builds[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
