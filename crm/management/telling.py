"""Saying in a terminal what is going on: one line a step, rewritten in place while it advances."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from django.core.management.base import OutputWrapper
from django.utils.formats import number_format


NOTICEABLE = 0.5  # seconds


class Teller:
    """`tell("Territoires 5000/38000")` shows the step: a terminal sees the count move, a log file what took a while."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.live = out.isatty()
        self.step = ""
        self.began = 0.0

    def __call__(self, text: str) -> None:
        step = text.rstrip("0123456789/ ")
        if step != self.step:
            self._close()
            self.step, self.began = step, time.monotonic()
        if self.live:
            self.out.write(f"\r\x1b[K  {text} …", ending="")
            self.out.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        """Leave a line behind for a step that took a while."""
        if not self.step:
            return
        seconds = time.monotonic() - self.began
        line = f"  {self.step} ({number_format(seconds, 1)} s)"
        if self.live:
            self.out.write("\r\x1b[K", ending="")
        if seconds >= NOTICEABLE:
            self.out.write(line)
        self.step = ""
