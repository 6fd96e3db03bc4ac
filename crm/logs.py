"""What is written to the log: one line an event, UTC, without an address, a query or anything that somebody typed.

The message of an exception often quotes a value (`invalid literal for int(): 'Dupont'`, PostgreSQL's `DETAIL: Key …`), so
a traceback says where and of which type; only errors that speak of the code or the machine keep their first line.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.template import TemplateDoesNotExist, TemplateSyntaxError


ADDRESS: Final = re.compile(r"[^\s@<>\"'(),;:=/?&]+(?:@|%40)[^\s@<>\"'(),;:=/?&]+", re.IGNORECASE)
QUERY: Final = re.compile(r"\?[^\s\"']*=[^\s\"']*")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
OF_THE_CODE: Final = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    OperationalError,
    OSError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
)
"""Errors whose first line names a symbol, a table, a file or the machine, never what was typed."""


class PlainFormatter(logging.Formatter):
    """`2026-03-12T09:30:00Z WARNING django.request Not Found: /x/`; control characters are written `\\x0a`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 -- the library's
        return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def format(self, record: logging.LogRecord) -> str:
        """One line, then the frames of the exception if there was one; the record itself is left as it was."""
        lines = [self._event(record)]
        if record.exc_info and record.exc_info[1] is not None:
            lines += _frames(record.exc_info[1])
        return "\n".join(_plain(line) for line in lines)

    def _event(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        return self.formatMessage(record)


def _plain(line: str) -> str:
    """A line that is one line, with neither address nor query."""
    line = CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", line)
    return ADDRESS.sub("…@…", QUERY.sub("?…", line))


def _frames(error: BaseException) -> Iterator[str]:
    """Where it happened and what kind it was, the cause first; no message but those of `OF_THE_CODE`."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _frames(cause)
    yield from _places(error.__traceback__)
    said = str(error).partition("\n")[0] if isinstance(error, OF_THE_CODE) else ""
    yield f"  {type(error).__module__}.{type(error).__qualname__}{': ' if said else ''}{said}"


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
