"""Building the pages: once for each state of the sources, for no address in particular."""

import sys
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from portal.cli import build, environment
from portal.cli.say import CannotRun

BAKED = (
    "var e={PING:`http://localhost:3000/ping`,EVENT:`ws://localhost:3000/_event`,"
    "TRANSPORT:`websocket`};export{e as t};"
)


@pytest.fixture
def client(tmp_path: Path) -> Path:
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "reflex-env-abc.js").write_text(BAKED)
    (assets / "reflex-env-abc.js.gz").write_text("the old text, packed")
    return tmp_path


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout in place of the real one, whose build is pretended but for its files."""
    root = tmp_path / "checkout"
    for name in ("portal/pages/home.py", "portal/cli/say.py", "rxconfig.py", "requirements.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    monkeypatch.setattr(build, "ROOT", root)
    monkeypatch.setattr(build, "BUILDS", root / ".build")
    monkeypatch.setattr(build, "WEB", root / ".web")
    return root


@pytest.fixture
def exported(sources: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Stands in for Reflex's export; lists when it ran."""
    ran: list[float] = []

    def export() -> None:
        ran.append(time.monotonic())
        for name, text in {
            "build/client/assets/reflex-env-abc.js": BAKED,
            "build/client/home.html": f"<p>{len(ran)}</p>",
            "backend/stateful_pages.json": "[]",
            "routes.json": '["home"]',
        }.items():
            path = sources / ".web" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    monkeypatch.setattr(build, "_export", export)
    return ran


class TestUseOwnAddress:
    def test_names_no_address_any_more(self, client: Path) -> None:
        build.use_own_address(client)
        text = (client / "assets" / "reflex-env-abc.js").read_text()
        assert "localhost" not in text
        assert "PING:`${location.origin}/ping`" in text
        assert "EVENT:`${location.origin.replace(/^http/,`ws`)}/_event`" in text
        assert "TRANSPORT:`websocket`" in text

    def test_leaves_no_packed_copy_of_the_old_text(self, client: Path) -> None:
        build.use_own_address(client)
        assert not list(client.rglob("*.gz"))

    @pytest.mark.parametrize("text", ["var e={}", BAKED + "`http://localhost:8000/x y`", None])
    def test_refuses_what_it_does_not_know(self, client: Path, text: str | None) -> None:
        chunk = client / "assets" / "reflex-env-abc.js"
        chunk.unlink() if text is None else chunk.write_text(text)
        with pytest.raises(CannotRun):
            build.use_own_address(client)


class TestSite:
    def test_builds_once(self, exported: list[float]) -> None:
        first, second = build.site(), build.site()
        assert first == second
        assert len(exported) == 1
        assert (first / "build" / "client" / "home.html").exists()

    @pytest.mark.parametrize("name", ["portal/pages/home.py", "rxconfig.py", "requirements.txt"])
    def test_builds_again_when_a_source_changed(
        self, sources: Path, exported: list[float], name: str
    ) -> None:
        first = build.site()
        (sources / name).write_text("changed")
        assert build.site() != first
        assert len(exported) == 2
        assert first.exists(), "a server may still be using it"

    def test_a_command_is_no_part_of_a_page(self, sources: Path, exported: list[float]) -> None:
        build.site()
        (sources / "portal/cli/say.py").write_text("changed")
        build.site()
        assert len(exported) == 1

    def test_of_two_at_once_one_builds_and_both_get_it(
        self, exported: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found: list[Path] = []
        is_waiting, export, step = threading.Event(), build._export, build.step

        def said(what: str, takes: str) -> AbstractContextManager[None]:
            if what.startswith("Waiting"):
                is_waiting.set()
            return step(what, takes)

        def export_meanwhile() -> None:
            assert is_waiting.wait(20), "the other one has to wait"
            export()

        monkeypatch.setattr(build, "step", said)
        monkeypatch.setattr(build, "_export", export_meanwhile)
        both = [threading.Thread(target=lambda: found.append(build.site())) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert len(exported) == 1
        assert len(found) == 2
        assert found[0] == found[1]

    def test_a_failed_build_leaves_nothing_to_serve(
        self, sources: Path, exported: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del exported

        def fail(client: Path) -> None:
            raise CannotRun(str(client))

        monkeypatch.setattr(build, "use_own_address", fail)
        with pytest.raises(CannotRun):
            build.site()
        assert not list((sources / ".build").glob("site-*"))

    def test_keeps_a_few_builds_only(self, sources: Path, exported: list[float]) -> None:
        for number in range(build.KEPT + 2):
            (sources / "rxconfig.py").write_text(str(number))
            build.site()
        kept = list((sources / ".build").glob("site-*"))
        assert len(kept) == build.KEPT
        assert build.site() in kept
        assert exported


class TestEnvironment:
    def test_holds_nothing_of_the_clinic(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORTAL_SMTP_URL", "smtps://user:secret@mail.example.org")
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", "https://packages.example.org/")
        given = environment.for_build()
        assert not [name for name in given if name.startswith("PORTAL_")]
        assert given["NPM_CONFIG_REGISTRY"] == "https://packages.example.org/"
        assert given["REFLEX_TELEMETRY_ENABLED"] == "false"

    def test_asks_npm_for_the_registry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NPM_CONFIG_REGISTRY", raising=False)
        assert environment.for_build()["NPM_CONFIG_REGISTRY"].startswith("http")


def test_a_virtual_environment_that_was_moved_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NPM_CONFIG_REGISTRY", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    with pytest.raises(CannotRun, match="moved"):
        environment.for_build()
    (tmp_path / "bin").mkdir()
    broken = tmp_path / "bin" / "npm"
    broken.write_text("#!/nowhere/python\n")
    broken.chmod(0o755)
    with pytest.raises(CannotRun, match="Delete the folder"):
        environment.for_build()
