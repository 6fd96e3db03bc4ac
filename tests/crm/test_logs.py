"""No log line holds what people are or typed: at DEBUG, with every page asked for, with an error that quotes a value."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.test import Client, override_settings
from django.urls import path

from contacts.models import Channel, Contact
from crm.logs import PlainFormatter
from crm.roles import Role
from tests.factories import ChannelFactory, PersonFactory, UserFactory
from tests.visiting import answers, every_address


SENTINELS = ("Zqxvbelmont", "Wkjpsigrid", "zqx.sentinelle", "0600071337", "Vfhnote", "Rtyrecherche")


def fail(request):
    """A view that fails on what it was sent, as code does."""
    return int(request.POST["name"])


urlpatterns = [path("fail/", fail)]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, at every level, as the console would have it."""
    target = io.StringIO()
    handler = logging.StreamHandler(target)
    handler.setFormatter(PlainFormatter())
    handler.addFilter(
        lambda record: not record.name.startswith(("factory", "faker", "asyncio"))
    )  # the tests' own
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield target
    root.removeHandler(handler)
    root.setLevel(before)


def formatted(message: str, *args: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("crm.test", logging.ERROR, __file__, 1, message, args, info)
    record.created = datetime(2026, 3, 12, 9, 30, tzinfo=UTC).timestamp()
    return PlainFormatter().format(record)


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException:
        caught = sys.exc_info()[1]
    assert caught is not None
    return caught


def test_a_line_says_when_in_universal_time_how_grave_and_where():
    assert formatted("Not Found: %s", "/x/") == "2026-03-12T09:30:00Z ERROR crm.test Not Found: /x/"


@pytest.mark.parametrize("forged", ["a\r\n2026 ERROR root forged", "a\u2028b", "a\x1b[31mb", "a\x85b"])
def test_what_is_typed_makes_no_line_of_its_own(forged):
    line = formatted("Not Found: %s", forged)

    assert len(line.splitlines()) == 1
    assert "\\x" in line


@pytest.mark.parametrize(
    "said",
    [
        "marie.dupont@exemple.org",
        "<marie.dupont@exemple.org>",
        "e=marie.dupont%40exemple.org",
        "à marie.dupont@exemple.org,",
    ],
)
def test_an_address_is_not_written(said):
    assert "dupont" not in formatted("could not write to %s", said)


def test_what_was_searched_is_not_written():
    assert formatted('"GET /contacts/?q=Dupont&p=2 HTTP/1.1" 200').endswith('"GET /contacts/?… HTTP/1.1" 200')


def test_an_error_says_where_and_what_kind_and_not_with_what():
    typed = SENTINELS[0]
    try:
        try:
            int(typed)
        except ValueError as cause:
            detail = f"Key (email)=({typed}) already exists."
            raise IntegrityError(detail) from cause
    except IntegrityError as error:
        written = formatted("it broke", error=error)
        unguarded = logging.Formatter().formatException((type(error), error, error.__traceback__))

    assert unguarded.count(typed) == 2
    assert typed not in written
    assert "  builtins.ValueError" in written.splitlines()
    assert written.splitlines()[-1] == "  django.db.utils.IntegrityError"


def test_an_error_of_the_code_keeps_its_words():
    assert formatted("x", error=raised(OSError("no space left"))).endswith("builtins.OSError: no space left")


def of_sentinels() -> None:
    """A person whose every value is found again wherever it is written."""
    person = PersonFactory(name=SENTINELS[0], first_name=SENTINELS[1], notes=SENTINELS[4])
    ChannelFactory(contact=person, value=f"{SENTINELS[2]}@exemple.org", is_main=True)
    ChannelFactory(contact=person, kind=Channel.Kind.PHONE, value="06 00 07 13 37")


def leaks(written: str) -> list[str]:
    return [sentinel for sentinel in SENTINELS if sentinel.lower() in written.lower()]


@pytest.mark.django_db
def test_no_page_writes_what_it_shows(log):
    of_sentinels()
    person = Contact.objects.get(name=SENTINELS[0])
    client = Client(raise_request_exception=False)
    client.force_login(
        UserFactory(role=Role.MANAGER, last_name=SENTINELS[0], email=f"{SENTINELS[2]}@exemple.net")
    )

    asked = [address for address, _answer in answers(client, every_address({Contact: person}))]
    for address in ("/contacts/contact/", "/search/", "/nulle-part/", "/contacts/contact/export/"):
        client.get(address, {"q": SENTINELS[5], "s": SENTINELS[5]})
    client.post("/contacts/contact/add/?kind=person", {"name": SENTINELS[0], "first_name": SENTINELS[1]})

    assert len(asked) > 100
    assert log.getvalue().count("\n") > 20
    assert leaks(log.getvalue()) == []


@pytest.mark.django_db
def test_the_guard_is_what_keeps_statements_out_of_the_log(log, monkeypatch):
    sql = logging.getLogger("django.db.backends")
    monkeypatch.setattr(sql, "level", logging.DEBUG)
    monkeypatch.setattr(sql, "propagate", True)

    with override_settings(DEBUG=True):
        connection.force_debug_cursor = True
        try:
            of_sentinels()
        finally:
            connection.force_debug_cursor = False

    assert leaks(log.getvalue()) != []


def test_statements_are_never_logged():
    sql = logging.getLogger("django.db.backends")

    assert (sql.getEffectiveLevel(), sql.propagate) == (logging.CRITICAL, False)


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.crm.test_logs", MIDDLEWARE=[])
def test_a_page_that_fails_says_nothing_of_why(log):
    answer = Client(raise_request_exception=False).post("/fail/", {"name": SENTINELS[0]})

    assert answer.status_code == 500
    assert "ValueError" not in answer.content.decode()
    assert leaks(answer.content.decode()) == []
    assert "builtins.ValueError" in log.getvalue()
    assert leaks(log.getvalue()) == []


def test_everything_goes_out_by_the_one_formatter():
    said = settings.LOGGING

    assert {handler["formatter"] for handler in said["handlers"].values()} == {"plain"}
    assert [name for name, logger in said["loggers"].items() if logger["handlers"]] == []
    assert settings.ADMINS == []
