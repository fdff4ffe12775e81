"""Texts that people agree to, to be read in full within a plain page."""

from portal.api.plain.markup import Html, el, joined
from portal.services.agreements import BlockRow, TextRow
from portal.words import _


def folded(text: TextRow) -> Html:
    """Returns a text that opens where it stands: nothing that was typed gets lost for it."""
    summary = el("summary", _("Read: {title}").format(title=text.title), class_="more")
    inside = el("div", unfolded(text), class_="legal stack", tabindex="0")
    return el("details", summary, inside)


def unfolded(text: TextRow) -> Html:
    """Returns a text with its version and day."""
    said = _("Version {version} of {day}").format(version=text.version, day=text.said)
    parts = [
        el("div", el("h2", part.title) if part.title else None, *map(_block, part.blocks))
        for part in text.parts
    ]
    return joined(el("p", said, class_="quiet"), *parts)


def _block(block: BlockRow) -> Html:
    if block.points:
        return el("ul", *[el("li", point) for point in block.points])
    return el("p", block.words)
