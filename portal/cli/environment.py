"""What Reflex reads from the environment, written here and nowhere else, before it is imported."""

import os
import subprocess
import sys
from pathlib import Path

from portal.cli.say import CannotRun

ROOT = Path(__file__).resolve().parents[2]
SOCKET_BYTES = 64 * 1024
QUIET = {
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_USE_NPM": "1",
}
# The address that a build is made with; the built pages are then taught to use their own
# (see build.py), so that one build serves any host and port.
BUILT_FOR = "http://localhost:3000"
NO_NODE = (
    "Node does not run in this virtual environment: it may have been moved since it was made. "
    "Delete the folder .venv and start again; it is made anew in a minute or two."
)


def settle(site: Path) -> None:
    """Prepares this process to serve one build; call before Reflex is imported."""
    os.chdir(ROOT)
    os.environ.update(
        QUIET,
        REFLEX_ENV_MODE="prod",
        REFLEX_WEB_WORKDIR=str(site),
        REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE=str(SOCKET_BYTES),
        REFLEX_SOCKET_INTERVAL="10s",
        REFLEX_SOCKET_TIMEOUT="10s",
        __REFLEX_SKIP_COMPILE="true",
    )
    # portal/api/site.py serves the pages, without the extra trip from /home to /home/.
    os.environ.pop("__REFLEX_MOUNT_FRONTEND_COMPILED_APP", None)


def for_build() -> dict[str, str]:
    """Returns the environment of a build: nothing of the clinic's, Node from the requirements."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    programs = Path(sys.executable).parent
    kept.update(
        QUIET,
        PATH=f"{programs}{os.pathsep}{kept.get('PATH', os.defpath)}",
        REFLEX_API_URL=BUILT_FOR,
        CI="1",
        NO_COLOR="1",
        NPM_CONFIG_AUDIT="false",
        NPM_CONFIG_FUND="false",
        NPM_CONFIG_UPDATE_NOTIFIER="false",
        NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED="true",
    )
    kept.pop("REFLEX_WEB_WORKDIR", None)
    kept["NPM_CONFIG_REGISTRY"] = _registry(programs / "npm", kept)
    return kept


def _registry(npm: Path, environ: dict[str, str]) -> str:
    """Asks npm where this machine gets its packages; naming it keeps Reflex from probing others."""
    if environ.get("NPM_CONFIG_REGISTRY"):
        return environ["NPM_CONFIG_REGISTRY"]
    try:
        said = subprocess.run(
            [str(npm), "config", "get", "registry"],
            cwd=Path.home(),
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(NO_NODE) from error
    return said.stdout.strip()


def choose(**settings: str) -> None:
    """Decides PORTAL_… settings for this process; what the operator set already stays."""
    for name, value in settings.items():
        os.environ.setdefault(f"PORTAL_{name.upper()}", value)
