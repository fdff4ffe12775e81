"""Letters to print: the sheet with the link, and apart from it the sheet with the code.

Whoever has just made an invitation sends its secret back to have it printed; what does not belong
to that patient's open invitation is not found. Nothing is kept, and nothing is printed twice.
"""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.api.plain import note, page
from portal.errors import NotSignedIn, Refusal
from portal.integrations import pdf
from portal.services import acting, front_door, invitations
from portal.services.invitations import LetterRow
from portal.words import _, language

# So much of the secret stands on one line of the sheet.
LINK_PART = 22


@auth.from_our_pages
async def invitation(request: Request) -> Response:
    """Answers with the letter: how to get in, and the link to scan."""
    form = await auth.form_of(request)
    return await _printed(request, form, "invitation", secret=form.get("secret", ""), code="")


@auth.from_our_pages
async def code(request: Request) -> Response:
    """Answers with the sheet of the code, which goes another way than the letter."""
    form = await auth.form_of(request)
    return await _printed(request, form, "code", secret="", code=form.get("code", "") or "-")


async def _printed(request: Request, form: dict[str, str], template: str, **which: str) -> Response:
    try:
        row = await acting.perform(
            auth.cookie_of(request),
            invitations.letter,
            patient_id=form.get("patient", "")[:64],
            **which,
        )
    except NotSignedIn:
        return auth.go("/#ended")
    except Refusal as refused:
        return await _not_there(refused)
    sheet = _letter(row) if template == "invitation" else _code(row)
    made = await asyncio.to_thread(pdf.make, sheet, now=acting.desk().clock())
    headers = {
        "cache-control": "no-store",
        # Shown and printed from a tab of its own, so that no file is left lying on the desk's disk.
        "content-disposition": f'inline; filename="{template}.pdf"',
    }
    return Response(made, media_type="application/pdf", headers=headers)


async def _not_there(refused: Refusal) -> Response:
    door = await acting.look(front_door.view)
    said = note(
        "bad",
        _("This letter cannot be printed any more"),
        _("It exists only at the moment in which it is made. Make a new one: it ends the old one."),
    )
    return page(door, _("Letter"), said, status=refused.status)


def _letter(row: LetterRow) -> pdf.Sheet:
    return pdf.Sheet(
        "invitation",
        language(),
        {
            **_head(row, _("Your account at {clinic}").format(clinic=row.clinic)),
            "to": [row.name, *_lines(row.record_address)],
            "date": row.date,
            "intro": _(
                "You can see your visits, results and messages with us online. Here is how you "
                "open your account. It takes about three minutes."
            ),
            "steps": _steps(row),
            "qr_says": _("A code to scan with your phone. It holds the address below."),
            "link_says": _("No camera? Then type this address, on a phone or a computer:"),
            "link_parts": _parts(row.link),
        },
        qr=row.link,
    )


def _parts(link: str) -> list[str]:
    """Breaks an address where nobody takes the break for a sign of it."""
    here, slash, secret = link.rpartition("/")
    rest = [secret[at : at + LINK_PART] for at in range(0, len(secret), LINK_PART)]
    return [here + slash, *rest]


def _steps(row: LetterRow) -> list[str]:
    return [
        _("Scan the picture with the camera of your phone, and open the page that it shows."),
        _("Type your code. It is not in this letter: you got it apart from us."),
        _("Type your birth date."),
        _("Choose a password. Four words in a row are easy to remember."),
        _("Read what we agree on, and choose a second way to show that it is you."),
        _("This works once, until {until}.").format(until=row.until),
    ]


def _code(row: LetterRow) -> pdf.Sheet:
    return pdf.Sheet(
        "code",
        language(),
        {
            **_head(row, _("Your code")),
            "intro": _(
                "{name}, this code belongs to the letter or e-mail with which you open your "
                "account at {clinic}."
            ).format(name=row.name, clinic=row.clinic),
            "code": row.code,
            "how": _(
                "Keep it apart from the letter until you need it. It works once, until {until}. "
                "Nobody of us will ask you for it. At the desk: hand it over in person, or read "
                "it out on the phone; never put it into the envelope with the letter."
            ).format(until=row.until),
        },
    )


def _head(row: LetterRow, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "clinic": row.clinic,
        "address": row.address,
        "phone": row.phone,
        "help_title": _("Do you need help?"),
        "help": _("Call us: {phone}. We never ask for your password or your code.").format(
            phone=row.phone or _("the number of the clinic")
        ),
        "foot": f"{row.clinic} · {row.site}",
    }


def _lines(address: str) -> list[str]:
    return [part.strip() for part in address.replace("\n", ",").split(",") if part.strip()]


routes = [
    Route("/files/letters/invitation", invitation, methods=["POST"]),
    Route("/files/letters/code", code, methods=["POST"]),
]
