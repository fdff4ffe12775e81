"""How the source is built: short functions, small files, words that say what they are."""

import re
import statistics

from tests.support import source

LONGEST = 60
USUAL_LONGEST = 30
MEDIAN_AT_MOST = 8
FILE_AT_MOST = 500
EMPTY_WORDS = re.compile(r"(Manager|Helper|Utils?|Service)(\b|(?=[A-Z]))|^(handle|on)_")
# Names that another library calls.
CALLED_BY_OTHERS = {"on_load"}


def _lengths() -> dict[str, int]:
    return {
        f"{source.place(path, node)} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in source.modules()
        for node in source.functions(path)
    }


def test_no_function_is_longer_than_sixty_lines() -> None:
    assert not {name: lines for name, lines in _lengths().items() if lines > LONGEST}


def test_most_functions_are_short() -> None:
    lengths = sorted(_lengths().values())
    share = sum(lines < USUAL_LONGEST for lines in lengths) / len(lengths)
    assert share >= 0.95, f"only {share:.0%} of the functions are under {USUAL_LONGEST} lines"
    assert statistics.median(lengths) <= MEDIAN_AT_MOST


def test_files_are_small() -> None:
    lengths = {
        source.place(path): len(path.read_text("utf8").splitlines()) for path in source.modules()
    }
    longest = sorted(lengths.items(), key=lambda item: -item[1])[:10]
    print("longest files:", longest)
    too_long = [f"{name}: {lines} lines" for name, lines in longest if lines > FILE_AT_MOST]
    assert not too_long, "make it a package of the same import name"


def test_names_say_something() -> None:
    found = [
        f"{source.place(path, node)} {node.name}"
        for path in source.modules()
        for node in source.definitions(path)
        if EMPTY_WORDS.search(node.name) and node.name not in CALLED_BY_OTHERS
    ]
    assert not found


def _offered() -> dict[str, source.Function]:
    """Every function that a service offers: a module's public ones, or what a package hands on."""
    offered: dict[str, source.Function] = {}
    for path in sorted((source.PORTAL / "services").glob("*.py")):
        offered |= {f"{path.stem}.{node.name}": node for node in source.public_functions(path)}
    for package in sorted((source.PORTAL / "services").glob("*/__init__.py")):
        handed_on = source.names_handed_on(package)
        offered |= {
            f"{package.parent.name}.{node.name}": node
            for path in sorted(package.parent.glob("*.py"))
            for node in source.public_functions(path)
            if node.name in handed_on or path == package
        }
    return offered


def test_services_take_the_session_and_the_actor_first() -> None:
    wrong = [
        f"{name}({', '.join(source.arguments(node)[:2])}, …)"
        for name, node in _offered().items()
        if source.arguments(node)[:2] != ["db", "actor"]
        and name not in source.listed("services_without_actor.txt")
    ]
    assert not wrong, "or add it to tests/repository/services_without_actor.txt with its reason"


def test_exceptions_from_the_actor_rule_exist() -> None:
    assert source.listed("services_without_actor.txt") <= set(_offered())
