"""Texts that people agree to, to be read in full within a plain page."""

from portal.api.plain.markup import Html, el
from portal.services.agreements import TextRow
from portal.words import _


def folded(text: TextRow) -> Html:
    """Returns a text that opens where it stands: nothing that was typed gets lost for it."""
    said = _("Version {version} of {day}").format(version=text.version, day=text.said)
    parts = [
        el("div", el("h2", part.title) if part.title else None, *map(_block, part.blocks))
        for part in text.parts
    ]
    summary = el("summary", _("Read: {title}").format(title=text.title), class_="more")
    inside = el("div", el("p", said, class_="quiet"), *parts, class_="legal stack")
    return el("details", summary, inside, class_="legal-fold")


def _block(block: object) -> Html:
    points: list[str] = getattr(block, "points", [])
    if points:
        return el("ul", *[el("li", point) for point in points])
    return el("p", getattr(block, "words", ""))
