"""Health: whether the portal is well, for the machine that watches over it."""

from collections.abc import Callable
from ipaddress import ip_address

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal import __version__
from portal.services import acting


def _reads() -> bool:
    """Whether the database answers; a probe, so every reason for a no is a no."""
    try:
        return acting.desk().database.peek("SELECT 1") is not None
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not well"
        return False


def _is_here(request: Request) -> bool:
    """Whether the question comes from this very machine, and no proxy stands between."""
    client = request.client.host if request.client else ""
    try:
        is_loopback = ip_address(client).is_loopback
    except ValueError:
        return False
    return is_loopback and not any("forwarded" in name for name in request.headers)


def _clock(request: Request) -> str:
    """Says whether the clock ticks, as the composition root knows it."""
    ticks: Callable[[], bool] | None = getattr(request.app.state, "ticks", None)
    return "ok" if ticks is not None and ticks() else "late"


async def health(request: Request) -> Response:
    """Tells whether all is well; to this machine also what and which version."""
    reads = await run_in_threadpool(_reads)
    said = {"status": "ok" if reads else "down"}
    if _is_here(request):
        said |= {"database": said["status"], "jobs": _clock(request), "version": __version__}
    return JSONResponse(said, 200 if reads else 503)


routes = [Route("/health", health, methods=["GET"])]
