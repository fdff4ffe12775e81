"""B1, B2, B10, B11, L1: events there and back, and changes that come by themselves."""

import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable, Sequence

from benchmarks import served
from benchmarks.clinic import patient_id
from benchmarks.house import HOME, SHOWN, House, bare_crowd, crowd, part, tab, token
from benchmarks.judged import PAIRS, Line, amount, at, ratio
from benchmarks.wire import Wire, body

OPEN = "42/_event," + json.dumps(["event", body(f"{HOME}.open", {})])
Measure = Callable[[], Awaitable[float]]
ECHOED = b'"final"'
# Any change of any variable of a page.
CHANGED = b'_rx_state_"'


async def round_trip(house: House) -> list[Line]:
    """B1: an event of Home's own handler, answered from memory, beside a bare echo."""
    lines: list[Line] = []
    clinic, echo = house.clinic("small"), house.echo()
    seconds = 1.2 if house.full else 0.35
    with served.portal(clinic, house.logs / "constant.log", "--constant") as portal:
        for count, gate, stretch in ((1, 1.8, 1.4), (20, 2.5, 1.9)):
            ours = await crowd(portal.port, clinic.patients[:count])
            bare = await bare_crowd(echo.port, count)
            ask, size = await _same_size(ours[0])
            pairs = await _pairs(
                lambda o=ours: _closed(o, OPEN, b'"name"', seconds),
                lambda b=bare, a=ask: _closed(b, a, ECHOED, seconds),
            )
            what = f"round trip, {count} session{'s' * (count > 1)}, p50"
            lines.append(ratio(what, *pairs, gate=gate, stretch=stretch))
            part([*ours, *bare])
            assert size > 200, "Home answered with next to nothing"
    return lines


async def _same_size(ours: Wire) -> tuple[str, int]:
    """Returns the echo's question whose answer is as long as ours, and that length."""
    ours.send(OPEN)
    _, text = await ours.until(b'"name"')
    payload = {"size": len(text) - 50}
    return "42/_event," + json.dumps(["event", body(f"{HOME}.open", payload)]), len(text)


async def _pairs(first: Measure, second: Measure) -> tuple[list[float], list[float]]:
    """Measures A B A B …, after one round of each to warm them."""
    found: tuple[list[float], list[float]] = ([], [])
    await first()
    await second()
    for _ in range(PAIRS):
        for kept, measure in zip(found, (first, second), strict=True):
            gc.collect()
            gc.disable()
            kept.append(await measure())
            gc.enable()
    return found


async def _closed(wires: Sequence[Wire], ask: str, wanted: bytes, seconds: float) -> float:
    """Asks as soon as the answer is there, on each wire; returns the median time."""
    over = time.perf_counter() + seconds

    async def one(wire: Wire) -> list[float]:
        took: list[float] = []
        while time.perf_counter() < over:
            took.append(await wire.ask(ask, wanted))
        return took

    found = [took for some in await asyncio.gather(*map(one, wires)) for took in some]
    return at(found, 0.5)


async def paced(
    wires: Sequence[Wire], asks: Sequence[str], wanted: bytes, seconds: float
) -> list[float]:
    """Lets each wire ask once a second, spread evenly; returns every answer's seconds."""
    began = time.perf_counter() + 0.1
    took: list[float] = []

    async def one(place: int, wire: Wire) -> None:
        for turn in range(int(seconds)):
            due = began + turn + place / len(wires)
            await asyncio.sleep(due - time.perf_counter())
            took.append(await wire.ask(asks[(turn + place) % len(asks)], wanted))

    gc.collect()
    gc.disable()
    await asyncio.gather(*(one(place, wire) for place, wire in enumerate(wires)))
    gc.enable()
    assert len(took) == len(wires) * int(seconds), "an event was not answered"
    return took


def mix(portal: served.Served) -> list[str]:
    """Returns frames of the screens that patients use, as far as they exist."""
    wanted = [f"{HOME}.open", f"{HOME}.open", f"{HOME}.refresh"]
    wanted += ["portal___state___results____results.open"]
    wanted += ["portal___state___messages____messages.open"]
    wanted += ["portal___state___appointments____appointments.open"]
    known = portal.tell(do="events")["names"]
    return [
        "42/_event," + json.dumps(["event", body(name, _payload(name))])
        for name in wanted
        if name in known
    ]


def _payload(name: str) -> dict[str, list[str]]:
    return {"topics": ["messages"]} if name.endswith("refresh") else {}


async def two_hundred(house: House) -> list[Line]:
    """B2: 200 people at one event a second each, with the database, beside a bare echo."""
    portal, echo, clinic = house.portal(), house.echo(), house.clinic("large")
    ours = await crowd(portal.port, clinic.patients[:200])
    bare = await bare_crowd(echo.port, 200)
    ask, _ = await _size_of(ours[0])
    asks = mix(portal)
    ours_p50: list[float] = []
    bare_p50: list[float] = []
    p99: list[float] = []
    cpu: list[float] = []
    for turn in range(PAIRS + 1):
        used = portal.cpu()
        mine = await paced(ours, asks, SHOWN, 3)
        used = (portal.cpu() - used) / len(mine)
        theirs = await paced(bare, [ask], ECHOED, 3)
        if turn:
            ours_p50.append(at(mine, 0.5))
            bare_p50.append(at(theirs, 0.5))
            p99.append(at(mine, 0.99))
            cpu.append(used)
    part([*ours, *bare])
    return [
        ratio("200 sessions at 1/s, p50", ours_p50, bare_p50, gate=3, stretch=2),
        amount("200 sessions at 1/s, p99", p99, gate=10, stretch=5),
        amount("server CPU per event", cpu),
    ]


async def _size_of(ours: Wire) -> tuple[str, int]:
    ours.send(OPEN)
    _, text = await ours.until(SHOWN)
    payload = {"size": max(0, len(text) - 50)}
    return "42/_event," + json.dumps(["event", body(f"{HOME}.open", payload)]), len(text)


async def notice_to_all(house: House) -> list[Line]:
    """B10: a notice to 500 open pages until the last has it, beside one bare emit."""
    portal, echo, clinic = house.portal(), house.echo(), house.clinic("large")
    ours = await crowd(portal.port, clinic.patients[:500])
    bare = await bare_crowd(echo.port, 500)
    mine: list[float] = []
    theirs: list[float] = []
    for turn in range(PAIRS + 1):
        title = f"Notice {token()}"
        came = asyncio.ensure_future(everybody(ours, CHANGED))
        await asyncio.sleep(0)
        committed = await asyncio.to_thread(portal.tell, do="announcement", title=title)
        last = await came - committed["done"]
        came = asyncio.ensure_future(everybody(bare, title.encode()))
        await asyncio.sleep(0)
        bare[0].send("42/_event," + json.dumps(["tell", {"size": 600, "notice": title}]))
        began = time.perf_counter()
        emitted = await came - began
        await asyncio.sleep(0.3)
        if turn:
            mine.append(last)
            theirs.append(emitted)
    part([*ours, *bare])
    return [ratio("a notice to 500, last receiver", mine, theirs, gate=3, stretch=1.5)]


async def everybody(wires: Sequence[Wire], wanted: bytes) -> float:
    """Waits until each wire has heard something; returns the moment of the last."""
    return max(moment for moment, _ in await asyncio.gather(*(w.until(wanted) for w in wires)))


async def to_one(house: House) -> list[Line]:
    """B11: a result committed until that patient's screen has it, 500 others connected."""
    portal, echo, clinic = house.portal(), house.echo(), house.clinic("large")
    patient = await tab(portal.port, clinic.patients[0])
    others = await crowd(portal.port, clinic.patients[1:501])
    bare = await bare_crowd(echo.port, 500)
    took, emitted, astray = await _push(portal, patient, others, bare, 60 if house.full else 25)
    part([patient, *others, *bare])
    assert not astray, f"{astray} frames went to other patients"
    return [
        amount("a result on the patient's screen, p50", [at(took, 0.5)], gate=5),
        amount("a result on the patient's screen, p99", [at(took, 0.99)], gate=25, stretch=10),
        Line("frames to other patients", astray, "", gate=0),
        amount("a bare emit to one, p50", [at(emitted, 0.5)]),
    ]


async def _push(
    portal: served.Served,
    patient: Wire,
    others: Sequence[Wire],
    bare: Sequence[Wire],
    rounds: int,
) -> tuple[list[float], list[float], int]:
    took: list[float] = []
    emitted: list[float] = []
    await asyncio.sleep(0.3)
    before = sum(one.frames for one in others)
    for _ in range(rounds):
        coming = asyncio.ensure_future(patient.until(b'"unread_results":'))
        asked = {"do": "result", "patient": patient_id(0), "title": "Lipid panel"}
        said = await asyncio.to_thread(lambda a=asked: portal.tell(**a))
        took.append((await coming)[0] - said["done"])
        began = time.perf_counter()
        ask = json.dumps(["tell", {"size": 600, "notice": "one", "one": True}])
        emitted.append(await bare[0].ask("42/_event," + ask, b'"notice"'))
        assert time.perf_counter() > began
        await asyncio.sleep(0.02)
    return took, emitted, sum(one.frames for one in others) - before
