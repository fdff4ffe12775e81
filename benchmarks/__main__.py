"""`python -m benchmarks`: runs the suite, prints its table, writes its JSON; 1 where one fails."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import uvloop

from benchmarks import (
    beside,
    boards,
    browser,
    calendars,
    doors,
    imports,
    letters,
    machine,
    memory,
    outages,
    screens,
    sockets,
    table,
    writes,
)
from benchmarks.clinic import ROOT
from benchmarks.house import House
from benchmarks.judged import Line, Outcome, Skipped

Measure = Callable[[House], Coroutine[Any, Any, list[Line]]]
SUITE: dict[str, Measure] = {
    "B1": sockets.round_trip,
    "B2": sockets.two_hundred,
    "B3": screens.dashboard,
    "B8": imports.bundles,
    "B10": sockets.notice_to_all,
    "B11": sockets.to_one,
    "B13": memory.per_session,
    "B14": memory.come_and_go,
    "B15": beside.interference,
    "B17": browser.weights,
    "B18": browser.on_a_phone,
    "B20": screens.cold_start,
    "B21": screens.type_ahead,
    "B22": screens.query_tax,
    "C1": calendars.free,
    "C2": boards.opened,
    "C3": boards.changed,
    "L1": browser.seen_by_the_patient,
    "M1": letters.inboxes,
    "M2": letters.outbox,
    "M3": outages.outages,
    "S1": doors.cost,
    "S2": doors.at_once,
    "W1": writes.acknowledged,
    "SERVER": memory.servers,
}
# Measured once, for a decision; see docs/benchmarks.md.
ON_REQUEST = {"SERVER"}
RUNS = 3
FAILS = 2


def main() -> int:
    """Runs what was asked for; returns the exit status."""
    asked = _arguments()
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    house = House(full=asked.full, logs=results)
    outcomes: list[Outcome] = []
    began = time.monotonic()
    with ExitStack() as stack:
        stack.callback(house.close_servers)
        before = machine.described()
        print(table.head(), flush=True)
        for name in asked.only or [name for name in SUITE if name not in ON_REQUEST]:
            outcomes.append(_run(name, house))
            print(table.lines(outcomes[-1]), flush=True)
    took = time.monotonic() - began
    said = {"machine": before | {"seconds": round(took)}, "outcomes": [asdict(o) for o in outcomes]}
    path = results / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(said, indent=1), "utf8")
    print(table.foot(before, outcomes, took, path))
    return int(any(o.failed or o.wrong for o in outcomes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="more rounds, up to fifteen minutes")
    parser.add_argument("--only", nargs="+", metavar="ID", choices=SUITE, help="only these")
    return parser.parse_args()


def _run(name: str, house: House) -> Outcome:
    """Runs one benchmark; a gate that breaks is tried again, and fails at the second break."""
    measure = SUITE[name]
    title = (measure.__doc__ or name).strip().partition(": ")[2]
    outcome = Outcome(name, title)
    broken = 0
    for run in range(RUNS):
        outcome.runs = run + 1
        try:
            found = uvloop.run(measure(house))
        except Skipped as why:
            outcome.skipped = str(why)
            return outcome
        except AssertionError as wrong:
            outcome.wrong = str(wrong) or "a check failed"
            return outcome
        except Exception as broken_run:  # noqa: BLE001 - the others are still measured
            outcome.wrong = f"{type(broken_run).__name__}: {str(broken_run)[:200]}"
            return outcome
        better = not outcome.lines or all(line.passes for line in found)
        outcome.lines = found if better else outcome.lines
        broken += not all(line.passes for line in found)
        outcome.facts[f"load after run {run + 1}"] = machine.load()
        if not broken or broken == FAILS or run - broken + 1 == FAILS:
            break
    outcome.failed = broken >= FAILS
    return outcome


if __name__ == "__main__":
    sys.exit(main())
