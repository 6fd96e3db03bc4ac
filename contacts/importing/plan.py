"""What a file of contacts comes down to: one draft for each record that it is about, whether it is in the base or not.

The generic side of a plan (lines, counts, conflicts) is `crm.importing`; this is its `content`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal

from contacts.importing.schemes.mentions import Mention
from contacts.importing.terms import Term
from crm.importing import Change


if TYPE_CHECKING:
    from contacts.importing.keeping import Store

type Kind = Literal["person", "organisation"]
type NameKey = tuple[str, str]
"""Folded last and first name; someone known by one name only has it first; ("", "") is nobody named."""


@dataclass(eq=False, slots=True)
class Post:
    """A position: as it is in the base (`pk`), as the file fills it, or as it begins."""

    organisation: Draft | None = None
    title: str = ""
    function: Term | None = None
    service: Term | None = None
    pk: int | None = None
    is_main: bool = True
    touched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """An e-mail or a phone of a draft."""

    key: str
    private: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a line says that someone is; kept until every line is read, for an organisation's place is what they agree on."""

    line: int
    territories: tuple[int, ...]
    own: bool
    column: str
    street: str
    postcode: str
    city: str
    website: str


@dataclass(eq=False, slots=True)
class Known:
    """What the base holds of a record, as far as a file can say something of it, and what this file does to it."""

    pk: int
    version: int
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    themes: frozenset[int] = frozenset()
    labels: frozenset[str] = frozenset()
    own_territories: frozenset[int] = frozenset()
    reach: frozenset[int] = frozenset()
    """Territories, own or inherited."""
    consents: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    oppositions: frozenset[str] = frozenset()
    other_posts: Sequence[Post] = ()
    has_unseen_main_post: bool = False
    """Whether the main post is in a confidential organisation, which no file knows of: it stays the main one."""
    former_organisations: frozenset[int] = frozenset()
    schemes: frozenset[int] = frozenset()
    has_main_email: bool = False
    has_main_phone: bool = False
    changes: list[Change] = field(default_factory=list)
    touched: dict[str, Any] = field(default_factory=dict)
    """`{field: value before}` of what this file sets; a second line of the file does not replace it."""
    dropped: dict[str, set[Any]] = field(default_factory=dict)
    """What a column set to replace takes away: `{"themes": {pk}, "territories": {pk}, "email": {key} …}`."""
    said: set[str] = field(default_factory=set)
    """Keys of the e-mails and phones that lines of the file name."""
    left_post: Post | None = None
    """The post that the file replaces by another organisation's."""


FROM_ADDRESS = 0
"""The line of an opposition that comes from an address that had refused."""


@dataclass(eq=False, slots=True)
class Draft:
    """One record to be made, filled or left alone, and the lines that are about it."""

    kind: Kind
    line: int
    known: Known | None = None
    values: dict[str, Any] = field(default_factory=dict)
    emails: dict[str, Way] = field(default_factory=dict)
    phones: dict[str, Way] = field(default_factory=dict)
    themes: dict[Term, None] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    territories: dict[int, None] = field(default_factory=dict)
    consents: dict[str, int] = field(default_factory=dict)
    oppositions: dict[str, int] = field(default_factory=dict)
    """`{purpose: line}`, as are the consents."""
    post: Post | None = None
    mentions: tuple[Mention, ...] = ()
    schemes: tuple[tuple[str, str], ...] = ()
    """`(heading, text)` of cells that name schemes."""
    coordinated: tuple[int, ...] = ()
    """Schemes that the person is to coordinate."""
    locations: tuple[Location, ...] = ()
    spellings: Counter[str] | None = None
    """How the lines write a new organisation's name."""
    own_line: int | None = None
    used: bool = False
    keys: tuple[NameKey, ...] = ()
    made: int = 0
    """The record, once a new draft is written."""
    store: Store | None = None
    place: int = -1
    is_away: bool = False
    house: Draft | None = None
    """The organisation of a draft that is away."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """A slot without a value is one of a draft that is away: it is read back, whole."""
            if name not in PUT_AWAY or self.store is None or not self.is_away:
                raise AttributeError(name)
            self.store.read_back(self)
            return object.__getattribute__(self, name)

    def put_away(self) -> None:
        """Forget what the store has written down."""
        self.house = self.post.organisation if self.post else None
        self.is_away = True
        for name in PUT_AWAY:
            delattr(self, name)

    @property
    def pk(self) -> int | None:
        return self.known.pk if self.known else None

    @property
    def is_new(self) -> bool:
        return self.known is None

    @property
    def is_changed(self) -> bool:
        """Whether applying writes anything of a record that was there."""
        known = self.known
        return known is not None and bool(
            known.changes or known.dropped or self.oppositions or self.consents or self.coordinated
        )

    @property
    def shown(self) -> str:
        return f"{self.values.get('first_name', '')} {self.values.get('name', '')}".strip()

    @property
    def organisation(self) -> Draft | None:
        if self.is_away:
            return self.house
        return self.post.organisation if self.post else None


PUT_AWAY: Final = (
    "values", "emails", "phones", "themes", "labels", "territories", "consents", "oppositions", "post", "coordinated",
    "locations", "spellings",
)  # fmt: skip
"""What a draft that is away leaves to the store; by the rest it is recognised."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two drafts that may be one: `later` is new."""

    earlier: Draft
    later: Draft
    why: str


@dataclass(eq=False, slots=True)
class Content:
    """Everything that applying writes."""

    on: date
    organisations: list[Draft]
    people: list[Draft]
    pairs: list[Pair]
    created_terms: Mapping[str, Mapping[str, str]]
    """`{vocabulary: {key: text}}` of the terms to create « à classer »."""
    store: Store | None = None

    @property
    def drafts(self) -> Iterator[Draft]:
        """Organisations, then people, only to be read."""
        every = chain(self.organisations, self.people)
        return self.store.passing(every) if self.store else every
