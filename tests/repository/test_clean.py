"""What a test writes goes to a folder of its own: none leaves a file among the sources."""

import shutil
import subprocess

import pytest

from tests.support import source

# All that lies in the top folder, beside the folders.
TOP = {
    ".gitignore",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "reflex.lock",
    "requirements-dev.in",
    "requirements-dev.txt",
    "requirements.in",
    "requirements.txt",
    "rxconfig.py",
}


def test_the_top_folder_holds_what_belongs_there() -> None:
    """Committed or not, such as the witness of a test's clinic."""
    if not (source.ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("no history here to ask what belongs to it")
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=source.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {name for name in told.stdout.splitlines() if "/" not in name}
    assert found - TOP == set()
