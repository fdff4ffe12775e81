"""What an import did, file by file, for people and for programs."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from portal.words import _, _n

COUNTS = ("new", "changed", "same", "kept", "refused")
SHOWN_REASONS = 20
SHOWN_REFERENCES = 3


@dataclass
class FileReport:
    """One file: how many resources were new, changed, the same, kept without a table, refused.

    Each resource counts once. `kept` are new ones that no table of the portal shows. `refusal` is
    why the whole file was refused, "" if it was not. `reasons` say why single resources were
    refused, `remarks` what else should be known.
    """

    name: str
    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0
    refused: int = 0
    refusal: str = ""
    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    # References that led nowhere when the file was taken, and how many still do in the end.
    waiting: set[str] = field(default_factory=set)
    unresolved: int = 0
    size: int = 0

    @property
    def is_taken(self) -> bool:
        """Whether all of the file was taken."""
        return not self.refused and not self.refusal

    def tell_unresolved(self, left: set[str]) -> None:
        """Says which references still lead nowhere: those of the file among `left`."""
        keys = sorted(self.waiting & left)
        self.unresolved = len(keys)
        if keys:
            said = _n(
                "{count} reference leads to nothing that is here yet: ",
                "{count} references lead to nothing that is here yet: ",
                len(keys),
            )
            shown = ", ".join(key[:80] for key in keys[:SHOWN_REFERENCES])
            self.remarks.append(said + shown + (" …" if len(keys) > SHOWN_REFERENCES else ""))

    def as_dict(self) -> dict[str, Any]:
        """Returns what programs are told."""
        return {name: value for name, value in asdict(self).items() if name != "waiting"}


@dataclass
class Report:
    """A whole import."""

    source: str
    files: list[FileReport] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 all taken, 1 something refused, 2 nothing there to import."""
        if not self.files:
            return 2
        return 0 if all(file.is_taken for file in self.files) else 1

    def count(self, name: str) -> int:
        """Returns one of the five counts over all files."""
        return sum(getattr(file, name) for file in self.files)

    def as_json(self) -> str:
        """Returns the report as one JSON object."""
        counts = {name: self.count(name) for name in COUNTS}
        files = [file.as_dict() for file in self.files]
        return json.dumps({"source": self.source, **counts, "files": files}, ensure_ascii=False)

    def as_text(self) -> str:
        """Returns the report as people read it."""
        lines = [line for file in self.files for line in _file_lines(file)]
        if not self.files:
            return _("There is no .json, .ndjson or .jsonl file there. Nothing was imported.")
        return "\n".join([*lines, "", _sum(self)])


def _file_lines(file: FileReport) -> list[str]:
    name = Path(file.name).name
    if file.refusal:
        return [
            _("{name}: refused, nothing of it was taken.").format(name=name),
            f"  {file.refusal}",
        ]
    lines = [f"{name}: {_counts(file)}"]
    lines += [f"  {reason}" for reason in file.reasons[:SHOWN_REASONS]]
    more = len(file.reasons) - SHOWN_REASONS
    if more > 0:
        lines.append("  " + _n("… and {count} more", "… and {count} more", more))
    return lines + [f"  {remark}" for remark in file.remarks]


def _counts(file: FileReport | Report) -> str:
    number = file.count if isinstance(file, Report) else lambda name: getattr(file, name)
    return _(
        "{new} new, {changed} changed, {same} the same, {kept} kept without a table, "
        "{refused} refused"
    ).format(**{name: number(name) for name in COUNTS})


def _sum(report: Report) -> str:
    files = _n("{count} file", "{count} files", len(report.files))
    refused = sum(bool(file.refusal) for file in report.files)
    said = f"{files}: {_counts(report)}."
    if refused:
        said += " " + _n("{count} file was refused.", "{count} files were refused.", refused)
    return said
