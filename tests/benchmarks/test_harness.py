"""The harness itself: it judges rightly, and its client speaks to a real server. No timing."""

import asyncio
from pathlib import Path

import pytest

from benchmarks import __main__ as suite
from benchmarks import judged, served, wire
from benchmarks.house import bare_crowd, part
from benchmarks.judged import Line


class TestALine:
    def test_judges_by_the_median_of_the_pairs(self) -> None:
        line = judged.ratio("x", [2.0, 3.0, 90.0], [1.0, 1.0, 1.0], gate=3, stretch=2)
        assert (line.value, line.low, line.high) == (3.0, 2.0, 90.0)
        assert line.passes
        assert line.verdict == "pass"

    def test_says_when_it_is_over_its_gate(self) -> None:
        assert Line("x", 3.1, gate=3).verdict == "OVER"
        assert Line("x", 1.9, gate=3, stretch=2).verdict == "stretch"
        assert Line("x", 0.2, gate=0.3, at_least=True).verdict == "OVER"

    def test_fails_rather_than_drop_half_a_pair(self) -> None:
        with pytest.raises(ValueError, match="shorter"):
            judged.ratio("x", [1.0, 2.0], [1.0])


class TestARun:
    def test_fails_at_the_second_break_and_forgives_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for found, fails in (([9, 9], True), ([9, 1, 1], False), ([1], False), ([9, 1, 9], True)):
            values = iter(found)

            async def measure(_house: object, values: object = values) -> list[Line]:
                return [Line("x", next(values), gate=3)]  # type: ignore[call-overload]

            monkeypatch.setitem(suite.SUITE, "B1", measure)
            outcome = suite._run("B1", None)  # type: ignore[arg-type]
            assert (outcome.failed, outcome.runs) == (fails, len(found))

    def test_counts_no_figure_whose_check_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def measure(_house: object) -> list[Line]:
            raise AssertionError("another patient's Home")

        monkeypatch.setitem(suite.SUITE, "B1", measure)
        outcome = suite._run("B1", None)  # type: ignore[arg-type]
        assert outcome.wrong == "another patient's Home"
        assert not outcome.lines


class TestTheWire:
    def test_speaks_to_a_bare_server_long_and_short(self, tmp_path: Path) -> None:
        async def talk(port: int) -> None:
            (one,) = await bare_crowd(port, 1)
            for size in (1, 200, 70_000):
                body = wire.body("home.open", {"size": size})
                one.send("42/_event," + wire.json.dumps(["event", body]))
                _, text = await one.until(b'"final"')
                assert text.count(b"x") >= size
            part([one])

        with served.echo(tmp_path / "log") as echo:
            asyncio.run(talk(echo.port))
