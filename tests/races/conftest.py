"""A site served by several processes on the tests' own base, and people who press at the same moment."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from crm.models import User
from tests.sending import Sendable, form_of
from tests.signing import cookie_of


ROOT = Path(__file__).parents[2]
PROCESSES, THREADS = 3, 7


@dataclass
class Answer:
    status: int
    location: str
    content: bytes
    cookies: dict[str, str] = field(default_factory=dict)


@dataclass
class Person:
    """A browser on that site, signed in."""

    port: int
    cookies: dict[str, str]

    def ask(self, method: str, url: str, body: bytes | None = None, kind: str = "") -> Answer:
        open_ = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Host": f"127.0.0.1:{self.port}",
            "Referer": f"http://127.0.0.1:{self.port}{url}",
        }
        if kind:
            headers["Content-Type"] = kind
        try:
            open_.request(method, url, body, headers)
            got = open_.getresponse()
            content = got.read()
        finally:
            open_.close()
        said = SimpleCookie()
        for value in got.headers.get_all("Set-Cookie") or ():
            said.load(value)
        return Answer(
            got.status,
            got.headers.get("Location", ""),
            content,
            {name: morsel.value for name, morsel in said.items()},
        )

    def open(self, url: str, **which: Any) -> Sendable:
        """The form of a page, as shown now."""
        answer = self.ask("GET", url)
        assert answer.status == 200, (answer.status, answer.location)
        self.cookies |= {name: value for name, value in answer.cookies.items() if name == "csrftoken"}
        return form_of(answer, **which)

    def send(self, url: str, said: dict[str, Any]) -> Answer:
        """Press the button once."""
        return self.ask("POST", url, *_packed(said))

    def send_at_once(self, url: str, said: dict[str, Any], times: int) -> list[Answer]:
        """Press it so many times at the same moment, with the very same bytes."""
        body, kind = _packed(said)
        return together([lambda: self.ask("POST", url, body, kind)] * times)


def _packed(said: dict[str, Any]) -> tuple[bytes, str]:
    if any(hasattr(value, "read") for value in said.values()):
        return encode_multipart(BOUNDARY, said), MULTIPART_CONTENT
    return urlencode(said, doseq=True).encode(), "application/x-www-form-urlencoded"


def together(deeds: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do all of these at the same moment."""
    start = threading.Barrier(len(deeds))
    answers: list[Answer] = []

    def do(deed: Callable[[], Answer]) -> None:
        start.wait()
        answers.append(deed())

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@dataclass
class Site:
    port: int

    def person(self, user: User) -> Person:
        cookie = cookie_of(user, f"http://127.0.0.1:{self.port}")
        return Person(self.port, {cookie["name"]: cookie["value"]})


@contextmanager
def serving(folder: Path, without: str = "") -> Iterator[Site]:
    """The site on the tests' base, served by processes of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "tests.races.site:application", "--bind", f"127.0.0.1:{port}",
        "--workers", str(PROCESSES), "--threads", str(THREADS), "--log-level", "error", "--preload",
    ]  # fmt: skip
    environment = os.environ | {
        "DATABASE_URL": _database_url(),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "VAR_DIR": str(settings.VAR_DIR),
        "RACE_WITHOUT": without,
    }
    log = (folder / f"site-{port}.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(port, process, folder / f"site-{port}.log")
        yield Site(port)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _database_url() -> str:
    name: str = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with its guards."""
    with serving(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture(scope="module")
def bare_site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site without them: what an attack does when nothing stops it."""
    with serving(tmp_path_factory.mktemp("bare"), "once locking") as served:
        yield served
