"""A portal to kill: the real one, served as always, with a day's work to ask for by event.

Run as a program (`python -m tests.reliability.on_duty`), by tests/reliability/working.py. The
pages are the stand-in of tests/support/trapped.py; paces are lifted, so that a handful of
connections make the load of a whole clinic.
"""

import importlib
import json
import os
import sys

from portal.cli import clinic, datadir, environment, server
from tests.support import trapped


def main() -> None:
    """Serves until it is stopped, holding the folder as `serve` does."""
    from portal import settings

    rules = settings.current()
    rules.data_dir.mkdir(parents=True, exist_ok=True)
    site = trapped._stand_in(rules.data_dir.with_name("pages"))
    claimed = server.claim(rules)
    with datadir.held(rules):
        with clinic.ready(rules):
            pass
        environment.settle(site)
        importlib.import_module("tests.reliability.duties")
        _set("portal.api.sockets", BURST=1e9, A_SECOND=1e9, ACCOUNT_BURST=1e9)
        _set("portal.services.messages.sending", HOURLY=10**9)
        for module, values in json.loads(os.environ.get("ON_DUTY", "{}")).items():
            _set(module, **values)
        server.run(rules, site, claimed)


def _set(module: str, **values: float) -> None:
    for name, value in values.items():
        assert hasattr(importlib.import_module(module), name), name
        setattr(importlib.import_module(module), name, value)


if __name__ == "__main__":
    sys.exit(main())
