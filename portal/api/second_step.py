"""The second step: plain HTML forms, and what the passkey script asks for.

What went wrong stands in the fragment of the page's address, as at the front door. A sign-in that
is half open can call these and nothing else (SECURITY MFA-07).
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.errors import Busy, NotSignedIn, Refusal, TooMany
from portal.security import passwords, recovery
from portal.services import acting, signing_in

PAGE = signing_in.SECOND_STEP


def told(request: Request, page: str, refusal: Refusal) -> Response:
    """Returns where somebody is sent whose try was refused."""
    del request
    if isinstance(refusal, NotSignedIn):
        return auth.go("/#ended")
    if isinstance(refusal, signing_in.OnlyAWayBack):
        return auth.go(f"{page}#call")
    if isinstance(refusal, TooMany | Busy):
        return auth.go(f"{page}#wait")
    return auth.go(f"{page}#wrong")


@auth.from_our_pages
async def code(request: Request) -> Response:
    """Takes six digits of an app or a mail, or a recovery code: which, the code itself says."""
    form = await auth.form_of(request)
    try:
        entry = await _try(auth.cookie_of(request), form)
    except Refusal as refusal:
        return told(request, PAGE, refusal)
    return auth.enter_with(entry) if entry else auth.go(f"{PAGE}#wrong")


async def _try(digest: str, form: dict[str, str]) -> signing_in.Entry | None:
    typed, trust = form.get("code", ""), form.get("trust", "") != ""
    printed = recovery.read(typed)
    if printed is None:
        bare = "".join(typed.split())[:20]
        return await acting.halfway(digest, signing_in.with_code, code=bare, trust=trust)
    number, letters = printed
    hashed = await acting.halfway(digest, signing_in.count_recovery, number=number)
    fits = await passwords.check(letters, hashed)
    return await acting.halfway(
        digest,
        signing_in.with_recovery,
        number=number,
        hashed=hashed,
        fits=fits,
        trust=trust,
    )


@auth.from_our_pages
async def send(request: Request) -> Response:
    """Sends a new code by e-mail."""
    try:
        await acting.halfway(auth.cookie_of(request), signing_in.send_code)
    except NotSignedIn:
        return auth.go("/#ended")
    except Refusal:
        return auth.go(f"{PAGE}#soon")
    return auth.go(f"{PAGE}#sent")


@auth.from_our_pages
async def on(request: Request) -> Response:
    """Goes on after the first factor was set up."""
    try:
        entry = await acting.halfway(auth.cookie_of(request), signing_in.go_on)
    except NotSignedIn:
        return auth.go("/#ended")
    except Refusal as refusal:
        return told(request, PAGE, refusal)
    return auth.enter_with(entry)


routes = [
    Route("/auth/second-step", code, methods=["POST"]),
    Route("/auth/second-step/send", send, methods=["POST"]),
    Route("/auth/second-step/on", on, methods=["POST"]),
]
