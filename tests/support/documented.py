"""What is written from the source: the tables of settings and commands, the list of events.

`make format` writes them (`python -m tests.support.documented`); a test holds them against it.
"""

import re
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from typer.main import get_command

from portal import cli
from portal.security import permissions
from portal.settings import Settings
from tests.support import events
from tests.support.source import ROOT

CONFIGURATION = ROOT / "docs" / "configuration.md"
OPERATOR = ROOT / "docs" / "operator.md"
ROLES = ROOT / "docs" / "roles.md"
BEGIN, END = "<!-- written from the source: {} -->", "<!-- end of {} -->"


def settings_table() -> str:
    """Returns the table of every setting, from the settings' own descriptions."""
    rows = [
        f"| `PORTAL_{name.upper()}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| setting | when not set | what it decides |", "|---|---|---|", *rows])


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return f"`{value}`" if value not in (None, "", Path()) else "nothing"


def commands_table() -> str:
    """Returns the table of every command, from the commands' own help."""
    rows: list[str] = []
    _list(get_command(cli.app), [], rows)
    return "\n".join(["| `python -m portal …` | what it does |", "|---|---|", *rows])


def _list(group: Any, above: list[str], rows: list[str]) -> None:
    for name, command in group.commands.items():
        words = [*above, name]
        if hasattr(command, "commands"):
            _list(command, words, rows)
            continue
        shown = " ".join([*words, *_arguments(command)])
        rows.append(f"| `{shown}` | {_first_sentence(command.help)} |")


def _arguments(command: Any) -> list[str]:
    shown: list[str] = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            shown.append((parameter.metavar or parameter.name or "").upper())
        else:
            shown.append(f"[{parameter.opts[0]}]")
    return shown


def roles_table() -> str:
    """Returns every role in words."""
    rows = [
        f"| {name.replace('_', ' ')} | {role.work} | {role.sees} | {role.never} |"
        for name, role in permissions.ROLES.items()
    ]
    head = ["| role | what for | sees | never |", "|---|---|---|---|"]
    return "\n".join([*head, *rows])


def rights_table() -> str:
    """Returns which role holds which permission."""
    roles = list(permissions.HELD_BY)
    head = " | ".join(name.replace("_", " ") for name in roles)
    rows = [
        f"| {permission} | "
        + " | ".join("yes" if permission in permissions.HELD_BY[role] else "" for role in roles)
        + " |"
        for permission in permissions.Permission
    ]
    return "\n".join([f"| permission | {head} |", "|---" * (len(roles) + 1) + "|", *rows])


def _first_sentence(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


TABLES = {
    "settings": (CONFIGURATION, settings_table),
    "commands": (OPERATOR, commands_table),
    "roles": (ROLES, roles_table),
    "rights": (ROLES, rights_table),
}


def written(name: str) -> str:
    """Returns a page with its table as it should be."""
    path, table = TABLES[name]
    begin, end = BEGIN.format(name), END.format(name)
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    text = path.read_text("utf8")
    assert pattern.search(text), f"{path} has no place for its table: {begin}"
    return pattern.sub(lambda _: f"{begin}\n{table()}\n{end}", text)


def main() -> None:
    """Writes every table, and the list of events."""
    events.LIST.write_text(events.written(), "utf8")
    for name, (path, _) in TABLES.items():
        Path(path).write_text(written(name), "utf8")


if __name__ == "__main__":
    main()
