"""`make test`: the whole suite on SQLite, the tests marked `data` on PostgreSQL, the pages in a real browser.

What a machine lacks is said in one line and left out; in continuous integration (`CI=true`) it fails the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tests.engines import NoPostgresError, find_browser, install_browser, postgres


IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}
WORKERS = os.environ.get("TEST_WORKERS", "2")


@dataclass
class Runs:
    """What was run, and how it ended."""

    more: list[str]
    failed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def pytest(self, name: str, *arguments: str, **environment: str) -> None:
        """One run of pytest, with its own summary line."""
        print(f"\n── {name}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments, *self.more]
        if subprocess.run(command, env={**os.environ, **environment}).returncode:
            self.failed.append(name)

    def lack(self, name: str, why: str) -> None:
        """Something this machine does not have."""
        print(f"\n── {name} : {why}", flush=True)
        (self.failed if IN_CI else self.missing).append(name)


def main(more: list[str]) -> int:
    began = time.monotonic()
    runs = Runs(more)
    runs.pytest("SQLite", "--engine=sqlite", "-n", WORKERS, "-m", "not browser")
    try:
        with postgres() as url:
            runs.pytest("PostgreSQL", "--engine=postgres", "-n", WORKERS, "-m", "data", TEST_DATABASE_URL=url)
    except NoPostgresError as why:
        runs.lack("PostgreSQL", f"pas de serveur ({why})")
    if find_browser() or install_browser():
        runs.pytest("Chromium", "--engine=sqlite", "-m", "browser")
    else:
        runs.lack("Chromium", "aucun navigateur (sudo apt install chromium, ou CHROMIUM=/chemin)")
    print(f"\n── {time.monotonic() - began:.0f} s", flush=True)
    if runs.missing:
        print(f"   non essayé sur cette machine : {', '.join(runs.missing)}")
    if runs.failed:
        print(f"   en échec : {', '.join(runs.failed)}")
    return 1 if runs.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
