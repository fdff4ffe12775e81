"""S1, S2: what signing in costs beside argon2, and what fifty at once do to the others."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.beside import PASSWORD, enter, give_passwords
from benchmarks.house import SHOWN, House, crowd, part
from benchmarks.judged import Line, amount, at, in_turn, ratio
from benchmarks.sockets import mix, paced
from portal.security import passwords

AT_ONCE = 50
# A busy hour of the largest clinic: BENCHMARKS 1 plans for 35 at a time.
OTHERS = 50
SECONDS = 4


async def cost(house: House) -> list[Line]:
    """S1: one sign-in, from the form sent to the cookie, beside a bare argon2 check."""
    portal, clinic = house.portal(), house.clinic("large")
    give_passwords(clinic)
    hashed = passwords.make_hash(PASSWORD)
    number = iter(range(10_000))

    def signed_in() -> float:
        began = time.perf_counter()
        assert enter(portal.port, next(number)), "somebody could not sign in"
        return time.perf_counter() - began

    def checked() -> float:
        began = time.perf_counter()
        assert passwords.matches(PASSWORD, hashed)
        return time.perf_counter() - began

    ours, bare = await asyncio.to_thread(in_turn, signed_in, checked, 60 if house.full else 30)
    over = [one - other for one, other in zip(ours, bare, strict=True)]
    return [
        ratio("sign-in", ours, bare),
        amount("sign-in over the argon2 check", over, gate=30, stretch=15),
    ]


async def at_once(house: House) -> list[Line]:
    """S2: the 95th percentile of 50 people at 1/s, alone and while fifty more sign in at once."""
    portal, clinic = house.portal(), house.clinic("large")
    give_passwords(clinic)
    ours = await crowd(portal.port, clinic.patients[:OTHERS])
    asks = mix(portal)
    alone: list[float] = []
    beside: list[float] = []
    took: list[float] = []
    for _ in range(5 if house.full else 3):
        alone.append(at(await paced(ours, asks, SHOWN, SECONDS), 0.95))
        events = asyncio.create_task(paced(ours, asks, SHOWN, SECONDS))
        await asyncio.sleep(0.5)
        began = time.perf_counter()
        entered = await _all_enter(portal.port)
        took.append(time.perf_counter() - began)
        assert all(entered), "somebody could not sign in"
        beside.append(at(await events, 0.95))
    part(ours)
    return [
        ratio("p95 beside fifty sign-ins", beside, alone),
        amount("p95 beside fifty sign-ins", beside, gate=300, stretch=100),
        amount("until all fifty are in", took, unit="s", scale=1),
    ]


async def _all_enter(port: int) -> list[bool]:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(AT_ONCE) as people:
        going = (loop.run_in_executor(people, enter, port, number) for number in range(AT_ONCE))
        return await asyncio.gather(*going)
