"""Two people at one record: what each changed, put together; only what both changed is asked.

Three states of one form are compared: as it was *read*, as it would be shown *now*, and as it was *filled in*. A state is
what the form says field by field and row by row, in the words that a browser sends, so that any form can be compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final


type Said = str | list[str]
type Row = dict[str, Said]

MINE: Final = "mine"
THEIRS: Final = "theirs"
BOTH: Final = "both"
LONGEST = 2_000_000


@dataclass
class State:
    """What a form says: its fields, and its rows by the name of their list and their key."""

    fields: Row = field(default_factory=dict)
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    version: str = ""

    def dump(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> State | None:
        """What a page sent back; None when it is not something that we wrote."""
        try:
            given: Any = json.loads(text) if len(text) <= LONGEST else None
            fields = _row(given["fields"])
            rows = {
                str(name): {str(key): _row(row) for key, row in lines.items()}
                for name, lines in given["rows"].items()
            }
            return cls(fields, rows, str(given["version"])[:40])
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            return None


def _row(given: Any) -> Row:
    return {
        str(name): [str(one) for one in said] if isinstance(said, list) else str(said)
        for name, said in given.items()
    }


@dataclass
class Filled:
    """What somebody typed: fields, rows that were there (`None`: taken off), and new rows in their order."""

    fields: Row
    rows: dict[str, dict[str, Row | None]]
    added: dict[str, list[Row]]

    def without_lost(self, now: State) -> Filled:
        """Rows that are no longer there, and are wanted all the same, are new ones."""
        rows: dict[str, dict[str, Row | None]] = {}
        added: dict[str, list[Row]] = {}
        for name, lines in self.rows.items():
            there = now.rows.get(name, {})
            rows[name] = {key: row for key, row in lines.items() if key in there}
            lost = [row for key, row in lines.items() if row is not None and key not in there]
            added[name] = [*lost, *self.added.get(name, [])]
        return Filled(self.fields, rows, added)


@dataclass
class Conflict:
    """What two people changed each in their own way. `None` for a row that one of them took off."""

    name: str
    """The field; or the list of rows."""
    key: str
    """The key of the row; empty for a field."""
    read: Said | Row | None
    theirs: Said | Row | None
    mine: Said | Row | None

    @property
    def code(self) -> str:
        return f"{self.name}:{self.key}" if self.key else self.name


@dataclass
class Merged:
    """The form as it should be saved, what must be asked first, and what the other changed that is kept unasked."""

    filled: Filled
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def merge(
    read: State,
    now: State,
    mine: Filled,
    *,
    asked: Sequence[str] = (),
    answers: Mapping[str, str] | None = None,
) -> Merged:
    """Put together what two people changed. `asked` names the conflicts that a page has shown, `answers` what was chosen.

    What only one of them changed is kept; terms of a list that each added or took off are, too. An unanswered question
    is asked again.
    """
    said = {code: (answers or {}).get(code, "") for code in asked}
    known = {code: answer if answer in {MINE, THEIRS, BOTH} else "" for code, answer in said.items()}
    merging = _Merging(read, now, known)
    fields = {name: merging.field(name, said) for name, said in mine.fields.items()}
    rows = {name: merging.lines(name, lines) for name, lines in mine.rows.items()}
    added = {name: merging.new_lines(name, lines) for name, lines in mine.added.items()}
    return Merged(Filled(fields, rows, added), merging.conflicts, merging.kept)


class _Merging:
    def __init__(self, read: State, now: State, answers: Mapping[str, str]) -> None:
        self.read, self.now, self.answers = read, now, answers
        self.conflicts: list[Conflict] = []
        self.kept: list[str] = []

    def field(self, name: str, mine: Said) -> Said:
        now = self.now.fields.get(name, mine)
        read = self.read.fields.get(name, now)
        match self.answers.get(name):
            case "theirs":
                mine = read
            case "both" if isinstance(mine, str) and isinstance(read, str):
                mine = f"{read}\n\n{mine}"
            case "" if mine != now:
                self._ask(name, "", read, now, mine)
                return mine
            case _:
                pass
        if isinstance(mine, list) or isinstance(now, list):
            return self._terms(name, [*read], [*now], [*mine])
        if mine in (now, read):
            if now != read:
                self.kept.append(name)
            return now
        if now == read:
            return mine
        self._ask(name, "", read, now, mine)
        return mine

    def _terms(self, name: str, read: list[str], now: list[str], mine: list[str]) -> list[str]:
        """A list of terms, each of which somebody may have added or taken off."""
        if now != read:
            self.kept.append(name)
        gone = {one for one in read if one not in mine}
        come = [one for one in mine if one not in read and one not in now]
        return [one for one in now if one not in gone] + come

    def _ask(self, name: str, key: str, read: Any, now: Any, mine: Any) -> Any:
        self.conflicts.append(Conflict(name, key, read, now, mine))
        return mine

    def lines(self, name: str, mine: Mapping[str, Row | None]) -> dict[str, Row | None]:
        """The rows that were there when the form was read, and those that came since."""
        now, read = self.now.rows.get(name, {}), self.read.rows.get(name, {})
        merged = {key: self._line(name, key, read.get(key), now.get(key), row) for key, row in mine.items()}
        for key, row in now.items():
            if key not in mine:
                merged[key] = row
                if key not in read:
                    self._keep(name)
        return {key: row for key, row in merged.items() if row is not None or key in now}

    def new_lines(self, name: str, mine: Sequence[Row]) -> list[Row]:
        """New rows, but for those that the other person has added in the same words."""
        now, read = self.now.rows.get(name, {}), self.read.rows.get(name, {})
        came = [row for key, row in now.items() if key not in read]
        return [row for row in mine if row not in came]

    def _line(self, name: str, key: str, read: Row | None, now: Row | None, mine: Row | None) -> Row | None:
        answer = self.answers.get(f"{name}:{key}")
        if answer == THEIRS:
            return now
        if answer == "" or (answer is None and self._differ(read, now, mine)):
            return self._ask(name, key, read, now, mine)  # type: ignore[no-any-return]
        if answer is None and mine == read and now != read:
            self._keep(name)
            return now
        if answer == MINE and self._differ(read, now, mine):  # written again while one was choosing
            return self._ask(name, key, read, now, mine)  # type: ignore[no-any-return]
        return mine

    @staticmethod
    def _differ(read: Row | None, now: Row | None, mine: Row | None) -> bool:
        """Whether both changed the row, each in their own way."""
        return now not in (read, mine) and mine != read

    def _keep(self, name: str) -> None:
        if name not in self.kept:
            self.kept.append(name)
