"""What no file of the repository may hold: addresses of package registries, paths of a machine."""

import re

from tests.support import source

OTHER_REGISTRIES = r"registry\.npmjs\.org|pypi\.org/simple|files\.pythonhosted\.org|npmmirror"
WITH_ADDRESS = r"--(extra-)?index-url\s+\S*//|^\s*registry\s*=\s*http|\"resolved\":\s*\"http"
PATHS = r"/(home|Users|root)/\w+/|/work/\w+|/opt/venv"
FORBIDDEN = re.compile(f"{OTHER_REGISTRIES}|{WITH_ADDRESS}|{PATHS}", re.MULTILINE)
SECRETS = re.compile(r"BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_\w{36}")
ITSELF = "tests/repository/test_forbidden.py"


def _found(pattern: re.Pattern[str]) -> list[str]:
    found: list[str] = []
    for path in source.kept_files():
        if source.place(path) == ITSELF:
            continue
        for number, line in enumerate(path.read_bytes().decode("utf8", "replace").splitlines(), 1):
            if match := pattern.search(line):
                found.append(f"{source.place(path)}:{number} {match[0]}")
    return found


def test_no_file_names_a_registry_or_a_path_of_some_machine() -> None:
    assert not _found(FORBIDDEN)


def test_no_file_holds_a_key() -> None:
    assert not _found(SECRETS)
