"""An empty Reflex app without Radix: the floor that the framework itself sets for a page.

Built with the same tools as the portal's pages, served by the same server class.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.clinic import cache
from benchmarks.served import Served
from portal.cli import build, environment

RXCONFIG = """
import reflex as rx
from reflex_base.constants.state import StateManagerMode

config = rx.Config(
    app_name="empty",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    state_manager_mode=StateManagerMode.MEMORY,
    cors_allowed_origins=["*"],
    frontend_compression_formats=["gzip", "brotli"],
    plugins=[],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
"""
APP = """
import reflex as rx


class Empty(rx.State):
    said: str = ""

    @rx.event
    async def open(self) -> None:
        self.said = "here"


def index() -> rx.Component:
    return rx.el.main(rx.el.h1("Empty"), rx.el.p(Empty.said, id="said"))


app = rx.App()
app.add_page(index, route="/", title="Empty", on_load=Empty.open)
"""
SERVE = """
import os, sys, uvicorn
os.environ.update(REFLEX_ENV_MODE="prod", __REFLEX_SKIP_COMPILE="true")
os.environ["__REFLEX_MOUNT_FRONTEND_COMPILED_APP"] = "true"
uvicorn.run(
    "empty.empty:app", factory=True, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop",
    http="httptools", ws="websockets-sansio", ws_ping_interval=None,
    ws_per_message_deflate=False, access_log=False, log_config=None, server_header=False,
)
"""


def built(logs: Path) -> Path:
    """Returns the folder of the built app, building it where its sources are new."""
    sources = {"rxconfig.py": RXCONFIG, "empty/empty.py": APP, "serve.py": SERVE}
    sources["empty/__init__.py"] = ""
    digest = hashlib.sha256(repr(sources).encode() + sys.version.encode()).hexdigest()[:12]
    folder = cache() / f"empty-{digest}"
    if (folder / "whole").exists():
        return folder
    for name, text in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
    with (logs / "empty.log").open("ab") as out:
        words = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
        given = environment.for_build()
        subprocess.run(words, cwd=folder, env=given, stdout=out, stderr=out, check=True)
    build.use_own_address(client(folder))
    (folder / "whole").touch()
    return folder


def client(folder: Path) -> Path:
    """Returns where the built pages lie."""
    return folder / ".web" / "build" / "client"


def server(folder: Path, logs: Path) -> Served:
    """Returns the empty app's server, not yet started."""
    environ = {**os.environ, **environment.QUIET}
    words = [sys.executable, "serve.py", "PORT"]
    return Served(words, environ, folder=folder, log=logs / "empty.log")
