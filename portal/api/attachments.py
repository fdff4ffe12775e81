"""Files of messages: added to a draft one by one, and handed out to whoever may read the message.

A file comes as the body of its own request, its name in a header. Who sends it, from which page,
for which draft and whether there is room is judged before a byte of it is read (SECURITY UP-01).
It is looked at in memory; what reaches the disk is sealed already.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.api.auth import UNKEPT, cookie_of, from_our_pages, go
from portal.database import Unsure
from portal.errors import Busy, NotSignedIn, Refusal
from portal.integrations import files
from portal.models.base import new_id
from portal.services import acting, attachments
from portal.services.attachments import shelf
from portal.words import _

NAME_HEADER = "x-file-name"
NAME_MOST = 2000
# At the same time: on the whole machine, and by one sign-in.
AT_ONCE = 6
EACH_AT_ONCE = 2
# A slow phone gets through; somebody who only holds the line does not.
STALL_S = 20.0
START_S = 30.0
LEAST_RATE = 16 * 1024
# Its own rule besides the portal's: whatever opens it runs nothing and reaches nothing.
POLICY = "sandbox; default-src 'none'"

_coming: Counter[str] = Counter()
# Decoding takes a processor and memory: two at a time, the others wait.
_judges = ThreadPoolExecutor(2, thread_name_prefix="files")


class TooSlow(Refusal):
    """The file came too slowly, or not at all."""

    sentence = _("That took too long to arrive. Try again where the connection is better.")
    status = 408


class AnotherComes(Busy):
    """Files are on their way already, as many as may be at once."""

    sentence = _("Other files are on their way just now. Try again in a moment.")


@from_our_pages
async def add(request: Request) -> Response:
    """Takes one file for a draft; answers with its name, or with a sentence that says why not."""
    digest = cookie_of(request)
    try:
        with _seat(digest):
            row = await _added(request, digest)
    except ClientDisconnect:
        # Nobody is there to read it.
        return Response(status_code=400)
    except Refusal as refused:
        return JSONResponse({"words": refused.words}, refused.status, UNKEPT)
    return JSONResponse({"id": row.id, "name": row.name}, 201, UNKEPT)


async def _added(request: Request, digest: str) -> attachments.FileRow:
    asked = request.path_params
    where = {"whose": asked["patient"][:64], "place": asked["thread"][:64]}
    told = _told(request)
    ticket = await acting.perform(digest, attachments.admit, **where, size=told or 0)
    data = await _body(request, files.MOST_BYTES if told is None else told)
    given = unquote(request.headers.get(NAME_HEADER, "")[:NAME_MOST], errors="replace")
    loop = asyncio.get_running_loop()
    file = await loop.run_in_executor(_judges, files.judge, given, data)
    del data
    file_id = new_id()
    try:
        await asyncio.to_thread(shelf.put, ticket.shelf, file_id, ticket.patient_id, file.data)
        return await acting.perform(digest, attachments.keep, **where, file_id=file_id, file=file)
    except Unsure:
        # It may be written down by now: if it is not, the file is swept.
        raise
    except Exception:
        await asyncio.to_thread(shelf.discard, ticket.shelf, file_id)
        raise


def _told(request: Request) -> int | None:
    """Returns how large the file is said to be; the edge has judged the number."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isdecimal() else None


async def _body(request: Request, told: int) -> bytes:
    """Returns the whole body; raises where it is too large, too slow, or breaks off."""
    whole = bytearray()
    chunks = aiter(request.stream())
    try:
        async with asyncio.timeout(START_S + told / LEAST_RATE):
            while True:
                async with asyncio.timeout(STALL_S):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return bytes(whole)
                whole += chunk
                if len(whole) > files.MOST_BYTES:
                    raise files.TooLarge
    except TimeoutError:
        raise TooSlow from None


@contextlib.contextmanager
def _seat(digest: str) -> Iterator[None]:
    """Lets so many files come at once and no more; each is held in memory while it comes."""
    if _coming.total() >= AT_ONCE or _coming[digest] >= EACH_AT_ONCE:
        raise AnotherComes
    _coming[digest] += 1
    try:
        yield
    finally:
        _coming[digest] -= 1
        if not _coming[digest]:
            del _coming[digest]


async def fetch(request: Request) -> Response:
    """Hands a file out, to be saved and never shown within the portal."""
    try:
        found = await acting.perform(
            cookie_of(request),
            attachments.fetch,
            attachment_id=request.path_params["file"][:64],
        )
        data = await asyncio.to_thread(attachments.opened, found)
    except NotSignedIn:
        return go("/#ended")
    except Refusal as refused:
        return Response(refused.words, refused.status, UNKEPT)
    headers = {
        **UNKEPT,
        "content-disposition": files.disposition(found.name),
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
    }
    return Response(data, 200, headers, found.content_type)


@contextlib.asynccontextmanager
async def opening() -> AsyncIterator[None]:
    """Takes away what was on its way when the portal ended, before the first file comes."""
    await asyncio.to_thread(attachments.sweep, acting.desk().database, is_start=True)
    yield


routes = [
    Route("/files/attach/{patient}/{thread}", add, methods=["POST"]),
    Route("/files/attachment/{file}", fetch, methods=["GET"]),
]
