"""Runs each engine in a process of its own, the plain admin beside them, prints the table and keeps `bench/results.json`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.engines import NoPostgresError, postgres
from tests.messy.scale import write_contacts_csv


ROOT = Path(__file__).resolve().parent.parent
PLAIN_UP_TO = 10_000


def run(module: str, *args: str, folder: Path, **environment: str) -> dict[str, Any]:
    """One measure in its own process; its last line of output is the JSON of what it found."""
    settings = {"VAR_DIR": str(folder / "var"), **environment}
    command = [sys.executable, "-m", module, *args]
    done = subprocess.run(  # noqa: S603 -- our own modules
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(size: int, engines: list[str]) -> dict[str, Any]:
    """`{engine: {job: figures}}` at this size."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="maillage-bench-") as place:
        folder = Path(place)
        source = folder / f"contacts-{size}.csv"
        write_contacts_csv(source, size, seed=1)
        if "sqlite" in engines:
            results["sqlite"] = run("bench.ours", str(source), folder=folder / "sqlite")
        if "postgres" in engines:
            try:
                with postgres() as url:
                    results["postgres"] = run(
                        "bench.ours", str(source), folder=folder / "postgres", DATABASE_URL=url
                    )
            except NoPostgresError as why:
                sys.stderr.write(f"PostgreSQL left out: {why}\n")
        if size <= PLAIN_UP_TO:
            settings = {"DJANGO_SETTINGS_MODULE": "bench.plain.settings"}
            results["plain admin"] = run("bench.plain", str(source), folder=folder / "plain", **settings)
    return results


def table(results: dict[str, Any]) -> str:
    """A line a job: time, floor, ratio, queries, size; the plain admin's time where it was measured."""
    lines = [f"{'':10} {'job':28} {'time':>11} {'floor':>11} {'ratio':>7} {'SQL':>5} {'kB':>6} {'plain':>11}"]
    plain = results.get("plain admin", {})
    for engine in ("sqlite", "postgres"):
        for job, found in results.get(engine, {}).items():
            floor = found.get("floor")
            ratio = f"{found['seconds'] / floor:.1f}" if floor else ""
            lines.append(
                f"{engine:10} {job:28} {_time(found['seconds']):>11} {_time(floor):>11} {ratio:>7}"
                f" {found.get('queries', ''):>5} {found.get('kB', ''):>6} {_time(plain.get(job, {}).get('seconds')):>11}"
            )
    return "\n".join(lines)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000])
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres"])
    asked = parser.parse_args()
    path = Path(__file__).parent / "results.json"
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    for size in asked.sizes:
        results = measure(size, asked.engine or ["sqlite", "postgres"])
        kept[str(size)] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **results}
        sys.stdout.write(f"\n{size} contacts\n{table(results)}\n")
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
