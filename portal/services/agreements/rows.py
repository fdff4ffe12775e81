"""What people get to see of texts and agreements, and how a text is laid out.

A text is written plainly: `# ` begins a heading, `- ` a point, an empty line a new paragraph.
"""

from dataclasses import dataclass, field

from portal.words import _

# Without these there is no account; the third is a free choice.
NEEDED = frozenset({"terms", "privacy"})
HEADING, POINT = "# ", "- "


@dataclass(frozen=True)
class BlockRow:
    """A paragraph, or points one under the other."""

    words: str = ""
    points: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PartRow:
    """A heading and what stands under it."""

    title: str = ""
    blocks: list[BlockRow] = field(default_factory=list)


@dataclass(frozen=True)
class TextRow:
    """One version of a text, to be read in full."""

    kind: str = ""
    title: str = ""
    version: int = 0
    said: str = ""
    changed: str = ""
    is_needed: bool = True
    # The version that this account agreed to before; 0 where there was none.
    before: int = 0
    parts: list[PartRow] = field(default_factory=list)


@dataclass(frozen=True)
class Due:
    """A text that an account has to answer before it goes on."""

    kind: str
    version: int
    is_needed: bool
    before: int = 0


@dataclass(frozen=True)
class AgreedRow:
    """That somebody answered a text: what, which version, when, and how."""

    kind: str = ""
    title: str = ""
    version: int = 0
    said: str = ""
    agreed: bool = False
    # Whether this is what counts now, and whether it can be taken back.
    is_current: bool = False
    may_take_back: bool = False


@dataclass(frozen=True)
class VersionRow:
    """A version as those see it who publish: with its plain body."""

    kind: str = ""
    title: str = ""
    version: int = 0
    said: str = ""
    changed: str = ""
    body: str = ""
    agreed: int = 0


def titles() -> dict[str, str]:
    """Returns what each text is called."""
    return {
        "terms": _("Terms of use"),
        "privacy": _("Privacy notice"),
        "electronic": _("E-mails from us"),
    }


def parts_of(body: str) -> list[PartRow]:
    """Lays a plainly written text out in parts."""
    parts: list[PartRow] = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        if lines and lines[0].startswith(HEADING):
            parts.append(PartRow(lines.pop(0).removeprefix(HEADING)))
        if lines and not parts:
            parts.append(PartRow())
        if lines:
            parts[-1].blocks.extend(_blocks(lines))
    return parts


def _blocks(lines: list[str]) -> list[BlockRow]:
    points = [line.removeprefix(POINT) for line in lines if line.startswith(POINT)]
    words = " ".join(line for line in lines if not line.startswith(POINT))
    found = [BlockRow(words)] if words else []
    return [*found, BlockRow(points=points)] if points else found
