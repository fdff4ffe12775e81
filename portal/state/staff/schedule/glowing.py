"""Glowing: what a colleague has just changed lights up once, by the stylesheet alone."""

from dataclasses import replace

from portal.services.board.rows import ColumnRow, StripRow


def lit(before: ColumnRow | None, after: ColumnRow, *, glows: bool) -> ColumnRow:
    """Returns a column in which glows what a colleague has changed; what glowed stays as it was.

    The mark alternates, so that the same strip can glow anew.
    """
    if before is None or not after.key:
        return after
    known = {strip.id: strip for strip in before.strips}
    return replace(after, strips=[_lit(known, one, glows=glows) for one in after.strips])


def _lit(known: dict[str, StripRow], strip: StripRow, *, glows: bool) -> StripRow:
    old = known.get(strip.id)
    if old is not None and old.version == strip.version:
        return replace(strip, glow=old.glow)
    if not glows:
        return strip
    return replace(strip, glow="0" if old is not None and old.glow == "1" else "1")
