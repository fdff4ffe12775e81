"""Says what a process has drawn by lot and what it was given: run by test_forking.py, forked."""

import json
import os
import random
import sys

from portal import live

if __name__ == "__main__":
    drawn = [live._ourselves, random.random()]  # noqa: S311 - chance, no secret
    given = {name: value for name, value in os.environ.items() if name.startswith("PORTAL_")}
    print(json.dumps({"drawn": drawn, "given": given, "words": sys.argv[1:]}))
