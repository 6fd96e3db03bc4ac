"""The lines of a long plan, in a temporary file: gone through in order as often as one likes, in little memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from crm.importing import Change, Line, Outcome, Problem
from crm.reading.spool import FRAME, Spool


class Lines(Collection[Line]):
    """Add each line in the order of the file, then say that it was the last."""

    def __init__(self) -> None:
        self._spool = Spool()
        self._frame: list[tuple[Any, ...]] = []
        self._count = 0

    def add(self, line: Line) -> None:
        self._frame.append(
            (
                line.number,
                line.outcome.value,
                line.label,
                line.target,
                line.into,
                tuple([(one.column, one.before, one.after) for one in line.changes]),
                tuple([(one.line, one.column, one.reason) for one in line.problems]),
            )
        )
        self._count += 1
        if len(self._frame) == FRAME:
            self._spool.write(self._frame)
            self._frame = []

    def end(self) -> None:
        self._spool.write(self._frame)
        self._spool.end()
        self._frame = []

    def __len__(self) -> int:
        return self._count

    def __contains__(self, line: object) -> bool:
        return any(one == line for one in self)

    def __iter__(self) -> Iterator[Line]:
        for number, outcome, label, target, into, changes, problems in self._spool.tuples():
            yield Line(
                number,
                _OUTCOMES[outcome],
                label,
                target,
                into,
                tuple([Change(*change) for change in changes]),
                tuple([Problem(*problem) for problem in problems]),
            )


_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
