"""A portal to attack: the real one, served as always, with a few traps laid inside.

Run as a program (`python -m tests.support.trapped`), by tests/support/attacked.py. The pages are a
stand-in of two files, so that no build is needed; everything behind them is the portal's own.
"""

import importlib
import json
import os
import sys
from pathlib import Path

from portal.cli import environment, server

PAGE = "<!doctype html><title>Test</title><script>window.a = 1</script><h1>Test</h1>"


def _stand_in(folder: Path) -> Path:
    site = folder / "site"
    assets = site / "build" / "client" / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    (site / "backend").mkdir(exist_ok=True)
    (site / "backend" / "stateful_pages.json").write_text("[]")
    for name in ("index", "home", "404", "__spa-fallback"):
        (assets.parent / f"{name}.html").write_text(PAGE)
    (assets / "app-0a1b2c3d.js").write_text("export {}")
    (site / "routes.json").write_text(json.dumps(["index", "home", "results/[id]", "404"]))
    return site


def main() -> None:
    """Serves until it is stopped."""
    from portal import settings

    rules = settings.current()
    site = Path(os.environ["TRAPPED_SITE"]) if "TRAPPED_SITE" in os.environ else None
    site = site or _stand_in(rules.data_dir)
    environment.settle(site)
    if "TRAPPED_BARE" not in os.environ:
        importlib.import_module("tests.support.traps")
    for name, value in json.loads(os.environ.get("TRAPPED_PACE", "{}")).items():
        module, _, constant = name.partition(".")
        setattr(importlib.import_module(f"portal.api.{module}"), constant, value)
    server.run(rules, site, server.claim(rules))


if __name__ == "__main__":
    sys.exit(main())
