"""The portal as it is served, with a line to speak to: for what only the server can say or begin.

`python -m benchmarks.launch` reads the same PORTAL_… settings as `serve`, builds nothing anew,
and runs the same server. Only two things differ. The limit of frames per socket is lifted, since
a closed loop asks more in a second than a person in an hour. And lines of JSON on its standard
input begin use cases as a member of staff, or ask for its memory. With `--constant` the database
is left out (B1): everything else of an event's way stays.
"""

import asyncio
import contextlib
import gc
import json
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any

from portal import settings
from portal.cli import build, datadir, server

BODY = "Take one tablet in the morning, with water."
_numbers = count()
_names: list[str] = []


def main() -> None:
    """Serves until its standard input is closed or it is asked to stop."""
    chosen = settings.current()
    claimed = server.claim(chosen)
    site = build.site()
    with datadir.held(chosen):
        from portal.cli import environment

        environment.settle(site)
        _lift_limits()
        if "--forget-soon" in sys.argv:
            _forget_soon()
        if "--constant" in sys.argv:
            _leave_out_the_database()
        from reflex_base.registry import RegistrationContext

        from portal import portal

        _names.extend(name.partition(".")[2] for name in RegistrationContext.get().event_handlers)
        portal.app.register_lifespan_task(_listening)
        if "--granian" in sys.argv:
            _run_granian(chosen, claimed)
            return
        server.run(chosen, site, claimed)


def _run_granian(chosen: settings.Settings, claimed: socket.socket) -> None:
    """Serves in this process under granian's embedded server, to compare what it holds."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from portal import portal

    claimed.close()
    app = portal.app()
    made = Server(app, address=chosen.host, port=chosen.port, interface=Interfaces.ASGI)
    asyncio.run(made.serve())


def _lift_limits() -> None:
    with contextlib.suppress(ImportError):
        from portal.api import sockets

        sockets.BURST = sockets.ACCOUNT_BURST = 10**9
        sockets.A_SECOND = sockets.ACCOUNT_A_SECOND = 10**9


def _forget_soon() -> None:
    """Drops what a closed tab held after a second instead of three quarters of a minute (B14)."""
    from portal.api import sockets

    sockets.GRACE_S = 1.0


def _leave_out_the_database() -> None:
    """Answers from memory where the database would be asked; the answer changes every time."""
    from portal.security import signins
    from portal.services import acting, frame, home

    found: dict[str, Any] = {}
    real, real_seat = acting.perform, acting.seat

    async def perform(digest: str, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        if digest not in found:
            found[digest] = await real(digest, use_case, *args, **kwargs)
        row, around = found[digest]
        return _changed(row, home.HomeRow), _changed(around, frame.FrameRow)

    async def seat(digest: str) -> signins.Seat | None:
        key = f"seat {digest}"
        if key not in found:
            found[key] = await real_seat(digest)
        return found[key]

    acting.perform, acting.glance, acting.seat = perform, perform, seat


def _changed(row: Any, kind: type) -> Any:
    assert isinstance(row, kind)
    values = dict(row.__dict__)
    return kind(**{**values, "name": f"{values['name'][:20]} {next(_numbers):09d}"})


@contextlib.asynccontextmanager
async def _listening() -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()

    def listen() -> None:
        for line in sys.stdin:
            asyncio.run_coroutine_threadsafe(_answer(json.loads(line)), loop).result()

    threading.Thread(target=listen, daemon=True).start()
    yield


async def _answer(asked: dict[str, Any]) -> None:
    try:
        said = await _DO[asked["do"]](asked)
    except Exception as error:  # noqa: BLE001 - the harness must hear of anything
        said = {"error": f"{type(error).__name__}: {error}"}
    print("bench " + json.dumps(said), flush=True)


async def _message(asked: dict[str, Any]) -> dict[str, Any]:
    from portal.services import acting, messages

    began = time.perf_counter()
    await acting.perform(
        asked["digest"],
        messages.reply,
        thread_id=asked["thread"],
        body=BODY,
        client_key=messages.new_key(),
    )
    return {"began": began, "done": time.perf_counter()}


async def _result(asked: dict[str, Any]) -> dict[str, Any]:
    """Commits a new, released result as an interface to a laboratory would."""
    from portal import live
    from portal.models.clinical import DiagnosticReport
    from portal.services import acting

    now = acting.desk().clock() - timedelta(seconds=1)

    def act(db: Any) -> None:
        db.add(
            DiagnosticReport(
                patient_id=asked["patient"],
                status="final",
                title=asked["title"],
                released_at=now,
                sort_at=now,
                issued=now.isoformat(),
            )
        )
        live.tell(db, "results", [asked["patient"]])

    began = time.perf_counter()
    await acting.alone(act)
    return {"began": began, "done": time.perf_counter()}


async def _announcement(asked: dict[str, Any]) -> dict[str, Any]:
    from portal import live
    from portal.models.messages import Announcement
    from portal.services import acting

    def act(db: Any) -> None:
        db.add(Announcement(title=asked["title"], published_at=acting.desk().clock()))
        live.tell(db, "announcements")

    began = time.perf_counter()
    await acting.alone(act)
    return {"began": began, "done": time.perf_counter()}


async def _memory(asked: dict[str, Any]) -> dict[str, Any]:
    del asked
    gc.collect()
    from portal.state import connections

    running = connections._running()  # noqa: SLF001
    states = getattr(running.state_manager, "states", {})
    return {"states": len(states)}


async def _events(asked: dict[str, Any]) -> dict[str, Any]:
    del asked
    return {"names": _names}


_DO = {
    "events": _events,
    "message": _message,
    "result": _result,
    "announcement": _announcement,
    "memory": _memory,
}

if __name__ == "__main__":
    main()
