"""What a file of schemes comes down to: a draft of each scheme, beside those of its people and organisations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from contacts.importing.plan import Content, Draft
from crm.importing import Change


@dataclass(eq=False, slots=True)
class KnownScheme:
    """What the base holds of a scheme."""

    pk: int
    version: int
    territories: frozenset[int] = frozenset()
    coordinators: frozenset[int] = frozenset()
    unseen: frozenset[str] = frozenset()
    """What names a confidential record, which no file knows of: it stays as it is."""


@dataclass(eq=False, slots=True)
class SchemeDraft:
    """One scheme to be made, filled or left alone."""

    line: int
    known: KnownScheme | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """`type`, `name`, `service`, `email`, `state`, `starts_on`, `ends_on`, `notes`; people and organisations as drafts."""
    touched: dict[str, Any] = field(default_factory=dict)
    territories: dict[int, None] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    coordinators: dict[int, tuple[Draft, str]] = field(default_factory=dict)
    """New coordinators by the `id` of their draft, with their share of time."""
    changes: list[Change] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.known is None

    @property
    def is_changed(self) -> bool:
        return bool(self.changes)


@dataclass(eq=False, slots=True)
class SchemeContent:
    """Everything that applying writes."""

    people: Content
    schemes: list[SchemeDraft]
