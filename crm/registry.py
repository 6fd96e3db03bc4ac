"""What each room hands down to the ground floor, from its `AppConfig.ready()`.

A room registers its parts here by name; the home page, a record's page, the yearly report and the commands ask here and
know no room. Registering the same name twice is a mistake and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from django.core.exceptions import ImproperlyConfigured


if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django_stubs_ext import StrOrPromise

    from crm.importing import Column, Heading, Plan
    from crm.models import ImportBatch, User


@dataclass(frozen=True, kw_only=True)
class HomePanel:
    """A box on the home page: a template and what fills it; shown to who holds the right."""

    name: str
    rank: int
    permission: str
    template: str
    fill: Callable[[User], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class TimelineEvent:
    """One dated line on a record's timeline. `day` sorts; `url` is where it leads, if anywhere."""

    day: date | datetime
    icon: str
    title: StrOrPromise
    text: StrOrPromise = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class TimelineSource:
    """Where a record's timeline takes lines from: at most `limit`, the latest first, only what `user` may see."""

    name: str
    model: str
    permission: str
    events: Callable[[Model, User, int], Iterable[TimelineEvent]]


@dataclass(frozen=True, kw_only=True)
class RelatedList:
    """A read-only table on a record's page, of rows that an upper room keeps about it."""

    name: str
    model: str
    title: StrOrPromise
    permission: str
    template: str
    fill: Callable[[Model, User], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the yearly report, by its code. `count` gives the value for a year and its parts by name."""

    code: str
    label: StrOrPromise
    definition: StrOrPromise
    permission: str
    count: Callable[[int], FigureValue]
    url: Callable[[int], str] | None = None
    on_home: bool = False


@dataclass(frozen=True)
class FigureValue:
    """`value` is None when the year is before the first data: the figure is then « non calculable »."""

    value: int | None
    by: Mapping[str, int] = field(default_factory=dict)


class Importer(Protocol):
    """A kind of file that can come in: reads a stored batch, says what would happen, makes it happen, takes it back.

    `crm/receiving.py` calls these; pages and commands call `crm/receiving.py`.
    """

    kind: str
    label: StrOrPromise
    permission: str
    model: str

    @property
    def columns(self) -> Sequence[Column]:
        """The columns that a mapping may choose from, in the order of a record."""

    def headings(self, batch: ImportBatch) -> Sequence[Heading]:
        """What each heading of the file is taken for; raises `crm.importing.Refused` when the file cannot be read."""

    def plan(self, batch: ImportBatch) -> Plan:
        """What the file would do; writes nothing. Raises `crm.importing.Refused` when the file cannot be read."""

    def apply(
        self, batch: ImportBatch, *, by: User | None, advance: Callable[[int, int], None] | None = None
    ) -> dict[str, Any]:
        """Plan again and write, in one transaction; raises `PlanOutdated` when the preview no longer holds."""

    def undo(self, batch: ImportBatch, *, by: User | None) -> dict[str, Any]:
        """Take the batch back within the caller's transaction; raises `CannotUndo` with names."""

    def write_rejected(self, batch: ImportBatch, target: BinaryIO) -> None:
        """The lines set aside, as they were, with their reason: an XLSX to mend and import again."""

    def terms(self, vocabulary: str) -> Sequence[tuple[str, str]]:
        """Every term, `(code, name)`, that an unknown one of this closed list may be mapped to."""

    def object_words(self, name: str, count: int) -> str:
        """How `objects` is said on the page: « 1 050 personnes »."""

    def links(self, batch: ImportBatch) -> Sequence[tuple[str, str]]:
        """Where to go once the file is in, `(words, address)`: the imported records first, then what is to be examined."""


@dataclass(frozen=True, kw_only=True)
class DemoData:
    """What a room adds to the demonstration; rooms run in `rank` order and remove in the opposite one."""

    name: str
    rank: int
    make: Callable[..., Mapping[str, int]]
    remove: Callable[[], int]


@dataclass(frozen=True, kw_only=True)
class SetupStep:
    """What a room needs in an empty base (closed lists, territories); must be idempotent."""

    name: str
    rank: int
    label: StrOrPromise
    run: Callable[[Callable[[str], None]], None]


@dataclass(frozen=True, kw_only=True)
class StartingPack:
    """Lists that a new base may begin with, proposed on its first page; `begin` makes them the base's own."""

    name: str
    label: StrOrPromise
    description: StrOrPromise
    begin: Callable[[], None]
    is_chosen: Callable[[], bool]
    rank: int = 50


@dataclass(frozen=True, kw_only=True)
class Ailment:
    """One thing wrong with the base, and how to mend it."""

    what: StrOrPromise
    cure: StrOrPromise


@dataclass(frozen=True, kw_only=True)
class CheckUp:
    """Something `manage.py doctor` looks at; `tell` gives a sentence that is said even when all is well."""

    name: str
    examine: Callable[[], Iterable[Ailment]]
    tell: Callable[[], StrOrPromise] | None = None


@dataclass(frozen=True, kw_only=True)
class DailyDeed:
    """What a room does each morning, by itself (`crm/daily.py`): `run` answers how many rows it changed, and nothing else.

    It keeps its own transaction and changes nothing the second time; its failure is written down and stops no other.
    """

    name: str
    label: StrOrPromise
    run: Callable[[], int]
    rank: int = 50


@dataclass(frozen=True, kw_only=True)
class PaletteSource:
    """What the command palette (Ctrl K) finds: `(title, description, url, icon)` of at most `limit` records `user` may see."""

    name: str
    permission: str
    find: Callable[[str, User, int], Sequence[tuple[str, str, str, str]]]
    rank: int = 50


@dataclass(frozen=True, kw_only=True)
class RecordModel:
    """How to show a record in « vues récemment »: a queryset of what the user may see."""

    model: str
    rows: Callable[[User], QuerySet[Any]]
    url_name: str


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """One key that leads to a page, from anywhere: the list that `?` shows."""

    key: str
    label: StrOrPromise
    permission: str
    url: Callable[[], str]
    rank: int = 50


@dataclass(frozen=True, kw_only=True)
class Objection:
    """Why a record of `model` may not be deleted: a sentence for each kind of thing that would be left without it."""

    name: str
    model: str
    say: Callable[[Any, User], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class RecordSample:
    """A throwaway record of a model, by which the access matrix asks that model's pages; never kept.

    `make` gives the value of each argument that those addresses take: `{"object_id": 1, "pk": 1}`, or for one page only
    `{"admin:contacts_contact_unshare:pk": 1}`. The model "" stands for pages that are about no model's record. `sent` is what a page must be sent to answer at all, by the page's name.
    """

    model: str
    make: Callable[[User], Mapping[str, Any]]
    sent: Callable[[], Mapping[str, Mapping[str, str]]] = dict


class Shelf[T]:
    """The parts of one kind that rooms have handed down, by name."""

    def __init__(self, what: str, key: str = "name") -> None:
        self.what, self.key = what, key
        self._parts: dict[str, T] = {}

    def add(self, part: T) -> T:
        name = getattr(part, self.key)
        if name in self._parts:
            raise ImproperlyConfigured(f"{self.what} {name!r} is registered twice")
        self._parts[name] = part
        return part

    def __iter__(self) -> Iterator[T]:
        return iter(
            sorted(self._parts.values(), key=lambda part: (getattr(part, "rank", 0), getattr(part, self.key)))
        )

    def __getitem__(self, name: str) -> T:
        return self._parts[name]

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def names(self) -> list[str]:
        return [getattr(part, self.key) for part in self]


home_panels: Shelf[HomePanel] = Shelf("home panel")
timeline_sources: Shelf[TimelineSource] = Shelf("timeline source")
related_lists: Shelf[RelatedList] = Shelf("related list")
figures: Shelf[Figure] = Shelf("figure", key="code")
importers: Shelf[Importer] = Shelf("importer", key="kind")
demo_data: Shelf[DemoData] = Shelf("demo data")
setup_steps: Shelf[SetupStep] = Shelf("set-up step")
starting_packs: Shelf[StartingPack] = Shelf("starting pack")
check_ups: Shelf[CheckUp] = Shelf("check-up")
palette_sources: Shelf[PaletteSource] = Shelf("palette source")
daily_deeds: Shelf[DailyDeed] = Shelf("daily deed")
record_models: Shelf[RecordModel] = Shelf("record model", key="model")
shortcuts: Shelf[Shortcut] = Shelf("shortcut", key="key")
objections: Shelf[Objection] = Shelf("objection")
record_samples: Shelf[RecordSample] = Shelf("record sample", key="model")

SHELVES: Sequence[Shelf[Any]] = (
    home_panels,
    timeline_sources,
    related_lists,
    figures,
    importers,
    demo_data,
    setup_steps,
    starting_packs,
    check_ups,
    daily_deeds,
    palette_sources,
    record_models,
    shortcuts,
    objections,
    record_samples,
)
