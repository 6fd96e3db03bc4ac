"""What every test finds: a base with roles, closed lists and some territories; an engine; clients by role."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client, override_settings
from pytest_django.plugin import blocking_manager_key

from crm.roles import Role
from tests import base, engines
from tests.factories import UserFactory


if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker


type ClientAs = Callable[[Role | None], Client]
type Figure = Callable[[str], None]

_closing = ExitStack()
_committed = False


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=["sqlite", "postgres"],
        default="postgres" if os.environ.get("TEST_DATABASE_URL") else "sqlite",
        help="the database engine: SQLite, or PostgreSQL (TEST_DATABASE_URL, else a server of our own)",
    )
    parser.addoption("--deep", action="store_true", help="run the tests marked deep too")


def pytest_configure(config: pytest.Config) -> None:
    """Settings of every test: quick hashes, plain static files, work done at once, a media folder of its own."""
    folder = Path(_closing.enter_context(tempfile.TemporaryDirectory(prefix="maillage-tests-")))
    for name in ("media", "static"):
        (folder / name).mkdir()
    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=folder / "media",
        STATIC_ROOT=folder / "static",
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        TASKS={"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}},
    )
    quick.enable()
    _closing.callback(quick.disable)
    config.stash[FOLDER] = folder
    if config.getoption("--engine") == "postgres":
        if not hasattr(config, "workerinput"):
            try:
                os.environ["TEST_DATABASE_URL"] = _closing.enter_context(engines.postgres())
            except engines.NoPostgresError as why:
                raise pytest.UsageError(f"No PostgreSQL to test on: {why}") from why
        base.use_postgres(os.environ["TEST_DATABASE_URL"])


FOLDER = pytest.StashKey[Path]()


def pytest_unconfigure(config: pytest.Config) -> None:
    connections.close_all()
    _closing.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deep tests only when asked for."""
    if config.getoption("--deep"):
        return
    for item in items:
        if item.get_closest_marker("deep"):
            item.add_marker(pytest.mark.skip(reason="deep: make deep"))


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None) -> Iterator[None]:
    """The base all tests start from, one for each process."""
    blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
    if request.config.getoption("--engine") == "sqlite":
        with blocker.unblock():
            template = base.sqlite_template()
            path = request.config.stash[FOLDER] / "base.sqlite3"
            shutil.copyfile(template, path)
            base.use_sqlite(path)
        yield
        return
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    with blocker.unblock():
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_maillage_{os.getpid()}{worker}"
        connection.settings_dict["TEST"]["NAME"] = settings.DATABASES["default"]["TEST"]["NAME"]
        old_name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        base.load_base()
    yield
    with blocker.unblock():
        connection.creation.destroy_test_db(old_name, verbosity=0)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """After a test that committed and was flushed, put back what every test starts from."""
    global _committed
    if not _committed:
        return
    with item.config.stash[blocking_manager_key].unblock():
        if connection.vendor == "sqlite":
            base.restore_sqlite(base.sqlite_template())
        else:
            base.load_base()
    _committed = False


@pytest.fixture(autouse=True)
def _committing(request: pytest.FixtureRequest) -> Iterator[None]:
    """Remember that this test commits for good, and let its base be emptied: the journal's triggers would refuse."""
    global _committed
    marker = request.node.get_closest_marker("django_db")
    names = {"transactional_db", "live_server", "django_db_serialized_rollback"} & {*request.fixturenames}
    commits = bool(names or (marker and marker.kwargs.get("transaction")))
    if commits:
        request.getfixturevalue("transactional_db")  # set up before this one, so that it is emptied after
    yield
    if commits:
        base.let_go_of_the_journal()
    _committed = _committed or commits


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """`figure("0 leaks in 1,200 requests")`: a line that the run's summary prints, so that a promise shows its count."""
    return lambda line: record_property(_FIGURE, line)


_FIGURE = "figure"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests have counted, under their outcome."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    told = [
        str(value)
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
        if name == _FIGURE
    ]
    if told:
        terminalreporter.section("figures")
    for line in sorted(told):
        terminalreporter.write_line(line)


@pytest.fixture
def empty_base(db: None) -> None:
    """A base on its first day: roles, lists and territories, no account."""


@pytest.fixture
def client_as(db: None) -> ClientAs:
    """`client_as(Role.READER)` is a client signed in with that one role; `client_as(None)`, an account without any."""

    def sign_in(role: Role | None) -> Client:
        client = Client()
        client.force_login(UserFactory(role=role))
        return client

    return sign_in


@pytest.fixture
def database_url() -> str:
    """Where another process finds this test's base (with `transactional_db`, or it would see nothing)."""
    name: str = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{name}").geturl()
