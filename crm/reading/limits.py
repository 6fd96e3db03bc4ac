"""What a file may weigh, and the refusal of one that is not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a file may weigh (sizes in bytes)."""

    size: int = 50 << 20
    rows: int = 200_000
    columns: int = 300
    unpacked: int = 600 << 20  # all parts of a workbook together
    entries: int = 2_000  # parts of a workbook
    memory: int = 256 << 20  # what the process that reads a workbook may take, beyond what it starts with
    seconds: int = 20  # … of computing

    @classmethod
    def from_settings(cls) -> Self:
        """Return the limits that the settings set (`IMPORT_MAX_BYTES`, `IMPORT_MAX_ROWS`, `IMPORT_MAX_COLUMNS`)."""

        usual = cls()
        return cls(
            size=getattr(settings, "IMPORT_MAX_BYTES", usual.size),
            rows=getattr(settings, "IMPORT_MAX_ROWS", usual.rows),
            columns=getattr(settings, "IMPORT_MAX_COLUMNS", usual.columns),
        )


class Unreadable(Exception):  # noqa: N818
    """A file that is not read: the reason and the way out, each a sentence in the reader's language."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(f"{reason} {hint}")
        self.reason = reason
        self.hint = hint
