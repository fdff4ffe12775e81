"""What may not stand in the portal's source, each with the reason and who is excepted."""

import pytest

from tests.support import source

# name as it ends → (why, files that may)
BANNED = {
    "event_processor.enqueue": (
        "it runs with the identity of whoever happens to call",
        {"portal/state/fanout.py"},
    ),
    "SharedState": ("its tokens can be guessed by any browser", set[str]()),
    "rx.el.form": (
        "it sends what stands in another field of the same id; components/live_form.py does not",
        set[str](),
    ),
    "rx.form": ("the same", set[str]()),
    "rx.upload": ("it takes files from anybody", set[str]()),
    "get_upload_dir": ("what lies there is served to anybody", set[str]()),
    "get_upload_url": ("what lies there is served to anybody", set[str]()),
    "rx.Cookie": ("written by the browser, readable by its scripts", set[str]()),
    "rx.LocalStorage": ("written by the browser, readable by its scripts", set[str]()),
    "rx.SessionStorage": ("written by the browser, readable by its scripts", set[str]()),
    "rx.toast": ("sent by the server it needs eval", set[str]()),
    "rx.call_script": ("it needs eval", set[str]()),
    "rx.call_function": ("it needs eval", set[str]()),
    "rx.set_clipboard": ("it needs eval", set[str]()),
    "rx.scroll_to": ("it needs eval", set[str]()),
    "rx.console_log": ("it needs eval, and tells", set[str]()),
    "rx.window_alert": ("it needs eval", set[str]()),
    "rx.session": ("only portal/database.py opens sessions", set[str]()),
    "rx.Model": ("tables are SQLModel's", set[str]()),
    "time.sleep": ("it holds up everybody on this process", set[str]()),
    "pickle": ("loading one runs what is in it", set[str]()),
}
SPELLINGS = {f"reflex.{name[3:]}": name for name in BANNED if name.startswith("rx.")}

# import → where alone it may stand
AT_ONE_PLACE = {
    "jose": {"portal/security/signed.py"},
    "passlib": {"portal/security/passwords.py"},
    "argon2": {"portal/security/passwords.py"},
    "sqlcipher3": {"portal/database.py"},
    "apscheduler": {"portal/jobs/__init__.py", "portal/jobs/clock.py"},
}


def _ends_with(used: str, banned: str) -> bool:
    return used == banned or used.endswith(f".{banned}")


@pytest.mark.parametrize("banned", BANNED)
def test_is_not_used(banned: str) -> None:
    why, may = BANNED[banned]
    spellings = {banned, *(full for full, short in SPELLINGS.items() if short == banned)}
    found = {
        source.place(path, node)
        for path in source.modules()
        if source.place(path) not in may
        for used, node in source.names_used(path)
        if any(_ends_with(used, name) for name in spellings)
    }
    assert not found, f"{banned}: {why}"


@pytest.mark.parametrize("package", AT_ONE_PLACE)
def test_is_imported_at_one_place(package: str) -> None:
    found = {
        source.place(path)
        for path in source.modules()
        for name in source.imported(path)
        if name.split(".")[0] == package
    }
    assert found <= AT_ONE_PLACE[package]


def test_environment_is_read_by_the_settings_alone() -> None:
    may = {"portal/settings.py", "portal/cli/environment.py"}
    found = {
        source.place(path, node)
        for path in source.modules()
        if source.place(path) not in may
        for used, node in source.names_used(path)
        if used in {"os.environ", "os.getenv", "os.putenv", "environ", "getenv"}
    }
    assert not found, "read it as a setting: portal/settings.py"


def test_sessions_are_opened_by_the_database_alone() -> None:
    makers = {"Session", "sessionmaker", "scoped_session", "create_engine", "AsyncSession"}
    found = {
        source.place(path, node)
        for path in source.modules()
        if source.place(path) not in {"portal/database.py", "portal/migrations.py"}
        for used, node in source.calls(path)
        if used.split(".")[-1] in makers
    }
    assert not found, "use portal.database.transaction()"


def test_what_lies_below_the_pages_does_not_know_reflex() -> None:
    below = ("services", "security", "integrations", "models")
    single = ("live.py", "database.py", "settings.py", "errors.py", "words.py")
    paths = [path for part in below for path in source.modules(part)]
    paths += [source.PORTAL / name for name in single if (source.PORTAL / name).exists()]
    found = {
        source.place(path)
        for path in paths
        for name in source.imported(path)
        if name.split(".")[0].startswith("reflex")
    }
    assert paths
    assert not found
