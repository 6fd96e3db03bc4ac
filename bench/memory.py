"""What a file of N contacts costs in memory, step by step, in a process of its own: `python -m bench.memory 200000`.

Each step's peak above what the house holds once it is open, territories read; in MB. The whole's is the process's own
`ru_maxrss`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _rss(name: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def measured(work: Callable[[], Any]) -> dict[str, float]:
    """Seconds, and the highest that this process has been meanwhile."""
    CLEAR.write_text("5")
    start = time.perf_counter()
    work()
    return {"seconds": round(time.perf_counter() - start, 1), "peak": round(_rss("VmHWM"))}


def journey(source: Path, steps: list[str]) -> dict[str, Any]:
    """The file received, looked at, confirmed and looked at again, as the pages do it."""
    from crm import previewing, receiving  # noqa: PLC0415 -- Django must be set up first

    with source.open("rb") as data:
        batch = receiving.receive(kind="contacts", name=source.name, data=data, by=None)
    done: dict[str, Any] = {}
    if "look" in steps:
        done["look"] = measured(lambda: previewing.look(batch))
    if "confirm" in steps:
        done["confirm"] = measured(lambda: receiving.confirm(batch, by=None))
    if "again" in steps:
        with source.open("rb") as data:
            second = receiving.receive(kind="contacts", name=source.name, data=data, by=None)
        done["again"] = measured(lambda: previewing.look(second))
    done["created"] = batch.report.get("created")
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument(
        "--steps", default="look,confirm", help="look, confirm, again (the same file once more)"
    )
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    django.setup()
    from contacts.territories.finding import current_finder  # noqa: PLC0415
    from tests.messy.scale import write_contacts_csv  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="maillage-memory-") as folder:
        source = Path(folder) / f"contacts-{asked.rows}.csv"
        if pid := os.fork():
            os.waitpid(pid, 0)
        else:
            write_contacts_csv(source, asked.rows, asked.seed)
            os._exit(0)
        current_finder().find("Lyon", department="69")
        base = _rss("VmRSS")
        done = journey(source, asked.steps.split(","))
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for step in done.values():
        if isinstance(step, dict):
            step["above"] = round(step["peak"] - base)
    sys.stdout.write(json.dumps({"base": round(base), "highest": round(highest), **done}) + "\n")


if __name__ == "__main__":
    main()
