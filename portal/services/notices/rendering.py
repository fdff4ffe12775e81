"""Rendering: a notice as the person reads it, as text and as a simple page of the same words.

It names the clinic, or nobody: an account can choose that its mails say only that there is news.
What the text is filled with is a stranger's words here: escaped, on one line, never looked into.
"""

import json
import string
from dataclasses import dataclass
from html import escape

from portal.integrations import sms
from portal.services.notices.texts import TEXTS, Text
from portal.words import _, language

BARE = "bare"
# What stands in for a code or link that may not be shown (any more).
HIDDEN = "••••••"
# Beside what a text is filled with: the secret of the link that ends mails about news, and the
# language of a reader who is no account.
NEWS, LANGUAGE = "news", "language"
# Of a clinic's name less than this says nothing.
LEAST_NAME = 6


@dataclass(frozen=True)
class House:
    """What every notice may name: the clinic, its phone, the portal's address."""

    name: str
    phone: str
    portal: str


@dataclass(frozen=True)
class Written:
    """A notice in words. `sender` is the name that it comes from."""

    sender: str
    subject: str
    lines: tuple[str, ...]
    link: str = ""
    link_words: str = ""
    # Where mails of this kind can be ended; empty for those that cannot.
    ends_news: str = ""
    # What a text message says of it, and a device shows.
    short: str = ""
    # What stands below: who sent it, and before where it can be ended.
    last_words: str = ""
    end_words: str = ""
    # In which language all this is.
    language: str = ""


def write_out(kind: str, given: dict[str, str], house: House, *, carry: str = "clinic") -> Written:
    """Returns a notice filled in, in the language that is spoken now.

    What it was not given is left out, never invented.
    """
    text, is_bare = TEXTS[kind], carry == BARE
    lines = text.bare if is_bare and text.bare else text.lines
    about = {
        "clinic": _("your clinic") if is_bare else house.name,
        "phone": house.phone if house.phone and not is_bare else _("the number on your letters"),
        "portal": house.portal,
    }
    # What is the portal's own comes last: nothing given can stand in its place.
    filling = _Filling({**given, **about})
    sender = _("Patient portal") if is_bare else house.name
    last = _("{sender} sent this. Please do not answer it: nobody reads the answers.")
    return Written(
        sender=sender,
        subject=_filled(text.subject, filling),
        lines=tuple(_filled(line, filling) for line in lines),
        link=_filled(text.link, filling) if text.link else "",
        link_words=_(text.link_words) if text.link_words else "",
        ends_news=f"{house.portal}/no-news/{given[NEWS]}" if given.get(NEWS) else "",
        short=_filled(_short(text, is_bare=is_bare), filling),
        last_words=last.format(sender=sender),
        end_words=_("Write to me about news no longer:"),
        language=language(),
    )


def _short(text: Text, *, is_bare: bool) -> str:
    """Returns what a text message says; to whoever wants it bare, nothing of a visit."""
    if is_bare and text.bare:
        return _("There is news for you")
    return text.short or text.subject


def masked(kind: str, given: dict[str, str]) -> dict[str, str]:
    """Returns what a notice was given without its codes and links."""
    secrets = _secrets(kind, given)
    return given | dict.fromkeys(secrets, HIDDEN)


def without_secrets(kind: str, given: dict[str, str]) -> dict[str, str]:
    """Returns what may be kept of what a notice was given."""
    secrets = _secrets(kind, given)
    return {name: value for name, value in given.items() if name not in secrets}


def _secrets(kind: str, given: dict[str, str]) -> set[str]:
    named = set(TEXTS[kind].secrets) if kind in TEXTS else set(given)
    return named | ({NEWS} & given.keys())


def placeholders(text: Text, *, carry: str = "clinic") -> set[str]:
    """Returns every name that a text is filled with."""
    lines = text.bare if carry == BARE and text.bare else text.lines
    parts = (text.subject, *lines, text.link)
    return {name for part in parts for _t, name, _f, _c in string.Formatter().parse(part) if name}


def as_text(written: Written) -> str:
    """Returns a notice as plain text."""
    link = (f"{written.link_words}:\n{written.link}",) if written.link else ()
    ends = (f"{written.end_words}\n{written.ends_news}",) if written.ends_news else ()
    parts = (*written.lines, *link, written.last_words, *ends, "")
    return "\n\n".join(parts).replace("\n\n\n", "\n\n")


def as_page(written: Written) -> str:
    """Returns a notice as a page: no picture, no foreign address, nothing that tells on reading."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in written.lines)
    link = ""
    if written.link.startswith(("https://", "http://")):
        place, words = escape(written.link, quote=True), escape(written.link_words)
        link = f'<p><a href="{place}">{words}</a></p><p>{place}</p>'
    return (
        f'<!doctype html><html lang="{escape(written.language, quote=True)}"><head>'
        f'<meta charset="utf-8"><title>{escape(written.subject)}</title></head>'
        '<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em">'
        f"{lines}{link}<p>{escape(written.last_words)}</p>{_ending(written)}</body></html>"
    )


def as_sms(written: Written) -> str:
    """Returns a notice as one text message: from whom, what, and where. The link stays whole."""
    end = "" if written.short.endswith((".", "?", "!")) else "."
    said = sms.plain(f"{written.short}{end} {written.link}")
    if len(said) > sms.MOST:
        return sms.plain(written.link or said)[: sms.MOST]
    room = sms.MOST - len(said) - len(": ")
    sender = sms.plain(written.sender)[: max(room, 0)].strip()
    return f"{sender}: {said}" if len(sender) >= LEAST_NAME else said


def as_push(written: Written, portal: str, *, key: str) -> bytes:
    """Returns a notice as a device's service worker reads it; of one `key` one stands there.

    It says what a text message says. Of the link it gets the path alone: there is no other place.
    """
    link = written.link
    path = link.removeprefix(portal) if link.startswith(f"{portal}/") else "/"
    said = {"title": written.sender, "body": written.short, "path": path, "key": key}
    return json.dumps(said, ensure_ascii=False).encode()


def _ending(written: Written) -> str:
    if not written.ends_news:
        return ""
    place = escape(written.ends_news, quote=True)
    return f'<p><a href="{place}">{escape(written.end_words)}</a></p>'


class _Filling(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _filled(text: str, filling: dict[str, str]) -> str:
    found = string.Formatter().vformat(_(text), (), filling)
    return " ".join(found.split())
