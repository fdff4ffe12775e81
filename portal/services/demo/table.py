"""The demo's tables: text that people read and edit, kept out of the code."""

from pathlib import Path

FOLDER = Path(__file__).parent / "tables"


def lines(name: str) -> list[str]:
    """Returns the lines of a table, without its comments."""
    text = (FOLDER / f"{name}.txt").read_text("utf8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def cells(name: str) -> list[list[str]]:
    """Returns the rows of a table whose cells stand between bars."""
    return [[cell.strip() for cell in line.split("|")] for line in lines(name)]
