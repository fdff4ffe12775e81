"""`export`: what came in for a patient goes out again, by command."""

import json
from pathlib import Path

from tests.support import fhir, running


def test_gives_back_what_was_imported(tmp_path: Path) -> None:
    data, came = tmp_path / "data", tmp_path / "came.json"
    came.write_bytes(fhir.life_bytes(seed=3, entries=20))
    assert running.run("init", "--clinic", "Test clinic", data_dir=data).returncode == 0
    assert running.run("import", str(came), data_dir=data).returncode == 0
    patient = next(
        entry["resource"]
        for entry in json.loads(came.read_bytes())["entry"]
        if entry["resource"]["resourceType"] == "Patient"
    )
    name = patient["name"][0]
    whole = " ".join([*name.get("given", []), name["family"]])
    out = tmp_path / "out.json"
    done = running.run("export", whole, "--to", str(out), data_dir=data)
    assert done.returncode == 0, done.stderr
    given = {_key(entry) for entry in json.loads(came.read_bytes())["entry"]}
    assert given <= {_key(entry) for entry in json.loads(out.read_bytes())["entry"]}


def test_says_whom_it_does_not_know(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert running.run("init", "--clinic", "Test clinic", data_dir=data).returncode == 0
    done = running.run("export", "Nobody At All", data_dir=data)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def _key(entry: dict[str, object]) -> str:
    return json.dumps(entry["resource"], sort_keys=True)
