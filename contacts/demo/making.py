"""Writing the invented network: organisations first, then people by thousands, then the schemes they coordinate."""

from __future__ import annotations

import datetime
import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.demo import exchanges, schemes
from contacts.demo.inventing import Inventor, Organisation, Person
from contacts.demo.names import of
from contacts.demo.places import Places, phone
from contacts.demo.removing import KIND, remove
from contacts.models import (
    Category,
    Channel,
    Contact,
    ContactAlias,
    ContactTerritory,
    DoublePair,
    Function,
    Position,
    Service,
    Source,
    Theme,
)
from contacts.models.deriving import fill
from crm.folding import fold_name
from crm.models import ImportBatch
from crm.records import bulk_write


CHUNK = 2_000
ONE_IN = 6  # one contact in six is an organisation: five people each
DOUBLES = 0.012
SOURCES = "REPRISE:6 INSCRIPTION:3 SOLLICITATION:2 NEWSLETTER:1 RENCONTRE:2 ANNUAIRE:1"


def make(
    *, contacts: int = 1_150, seed: int = 1, advance: Callable[[int, int], None] | None = None
) -> Mapping[str, int]:
    """Write that many invented contacts and what hangs on them, in place of those of an earlier demonstration.

    `advance` is told how many contacts are written, of how many. A thousand or two are written at a time, each time
    wholly or not at all; `remove` takes away even what an interrupted run left.
    """
    remove()
    with _without_collecting():
        return _make(contacts, seed, advance or (lambda done, total: None))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for reference cycles while millions of short-lived rows pass: a seventh of the time, and there are none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _make(contacts: int, seed: int, tell: Callable[[int, int], None]) -> dict[str, int]:
    digest = hashlib.sha256(f"{seed} {contacts}".encode()).hexdigest()
    batch = ImportBatch.objects.create(
        kind=KIND, name=_("Démonstration"), digest=digest, state=ImportBatch.State.RUNNING
    )
    writer = Writer(Inventor(seed=seed, places=Places(), today=timezone.localdate()), batch)
    wanted = max(1, contacts // ONE_IN)
    organisations: list[Organisation] = []
    while len(organisations) < wanted:
        some = [writer.inventor.organisation() for _n in range(min(CHUNK, wanted - len(organisations)))]
        with transaction.atomic():
            writer.organisations(some)
        organisations += some
        tell(len(organisations), contacts)
    written = len(organisations)
    while written < contacts:
        count = min(CHUNK, contacts - written)
        with transaction.atomic():
            writer.people(count, organisations)
        written += count
        tell(written, contacts)
    with transaction.atomic():
        writer.made |= schemes.write(writer.inventor, organisations, contacts // 20, batch)
        batch.state, batch.applied_at = ImportBatch.State.APPLIED, timezone.now()
        batch.report = {"objects": dict(writer.made)}
        batch.save()
    return dict(writer.made)


class Writer:
    """Turns what was invented into rows, each with its history dated as if typed over the years."""

    def __init__(self, inventor: Inventor, batch: ImportBatch) -> None:
        self.inventor, self.rng, self.batch = inventor, inventor.rng, batch
        self.made: Counter[str] = Counter()
        self.reason = _("Démonstration")
        self.codes = {
            model: dict(model._default_manager.values_list("code", "pk"))
            for model in (Category, Theme, Service, Source)
        }
        self.functions = {function.code: function for function in Function.objects.all()}
        known = self.codes[Source]
        names, weights = zip(*(part.split(":") for part in SOURCES.split()), strict=True)
        self.sources = [known[name] for name in names if name in known] or [*known.values()]
        self.source_weights = [
            float(w) for name, w in zip(names, weights, strict=True) if name in known
        ] or None
        if not self.sources:
            self.sources = [Source.objects.create(code="DEMO", name=self.reason).pk]

    def _dated(self, row: Any, at: datetime.datetime) -> Any:
        row._history_date = at
        return row

    def _write(self, rows: Sequence[Any], **more: Any) -> None:
        bulk_write(rows, reason=self.reason, **more)
        if rows:
            self.made[rows[0]._meta.model_name] += len(rows)

    def _contact(self, *, collected: datetime.date, **values: Any) -> Contact:
        entered = timezone.make_aware(self.inventor.entered_at(collected))
        source = self.rng.choices(self.sources, self.source_weights)[0]
        record = Contact(
            source_id=source, batch=self.batch, collected_on=collected, created_at=entered, **values
        )
        self._dated(record, entered)
        return record

    def _themes(self, groups: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
        known = self.codes[Theme]
        return [(place, known[code]) for place, codes in enumerate(groups) for code in codes if code in known]

    def _channel(self, record: Contact, kind: str, key: str, value: str, **more: Any) -> Channel:
        made = Channel(contact=record, kind=kind, key=key, value=value, **more)
        self._dated(made, record._history_date)  # type: ignore[attr-defined]
        return made

    def _fill(
        self,
        records: Sequence[Contact],
        posts: Sequence[Position],
        channels: Sequence[Channel],
        aliases: Sequence[ContactAlias],
    ) -> None:
        """Compute the derived columns before the rows are written: `derive` would find nothing to change."""
        held = {id(post.person): [post] for post in posts}
        ways: dict[int, list[Channel]] = {}
        for channel in channels:
            ways.setdefault(id(channel.contact), []).append(channel)
        called: dict[int, list[str]] = {}
        for alias in aliases:
            called.setdefault(id(alias.contact), []).append(alias.text)
        for record in records:
            key = id(record)
            fill(record, held.get(key, []), ways.get(key, []), called.get(key, []))

    def _reach(self, places: Sequence[tuple[Contact, int, str]]) -> None:
        ContactTerritory.objects.bulk_create(
            [
                ContactTerritory(contact=record, territory_id=place, origin=origin)
                for record, place, origin in places
            ]
        )

    # --- organisations --------------------------------------------------------------------------------

    def organisations(self, some: Sequence[Organisation]) -> None:
        channels, aliases = [], []
        for made in some:
            made.record = self._contact(
                collected=self.inventor.opened_on,
                kind=Contact.Kind.ORGANISATION,
                name=made.name[:200],
                sigle=made.kind.sigle,
                category_id=self.codes[Category].get(made.kind.code),
                website=f"https://www.{made.domain}" if self.rng.random() < 0.5 else "",
                verified_on=self.inventor.verified(self.inventor.opened_on),
                **self.inventor.address(made.place),
            )
            if self.rng.random() < 0.6 and (address := self.inventor.shared_mailbox(made)):
                channels.append(
                    self._channel(
                        made.record, "email", address, address, nature=Channel.Nature.ROLE, is_main=True
                    )
                )
            if self.rng.random() < 0.6:
                key, value = phone(self.rng, made.place.zone)
                channels.append(self._channel(made.record, "phone", key, value, is_main=True))
            if made.kind.code in {"ETA-4", "APP-1"}:
                text = f"{'DDCS' if made.kind.code == 'ETA-4' else 'CRES'} {of(made.place.name)}"
                alias = ContactAlias(contact=made.record, text=text, folded=fold_name(text))
                aliases.append(self._dated(alias, made.record._history_date))  # type: ignore[attr-defined]
        records = [made.record for made in some if made.record]
        territories = [(place, made.place.pk) for place, made in enumerate(some)]
        self._fill(records, [], channels, aliases)
        self._write(
            records,
            links={"themes": self._themes([made.themes for made in some]), "territories": territories},
        )
        self._write(channels)
        self._write(aliases)
        self._reach([(record, made.place.pk, "own") for made in some if (record := made.record)])

    # --- people ---------------------------------------------------------------------------------------

    def people(self, count: int, organisations: Sequence[Organisation]) -> None:
        """A thousand or two, a few of them written twice under a slightly different name."""
        some: list[Person] = []
        while len(some) < count:
            if some and self.rng.random() < DOUBLES and (double := self._double(some)):
                some.append(double)
                continue
            organisation = self.rng.choice(organisations) if self.rng.random() < 0.97 else None
            some.append(self.inventor.person(organisation, [self.rng.choice(organisations)]))
        records = [self._person(made) for made in some]
        own = [
            (place, made.organisation.place.pk)
            for place, made in enumerate(some)
            if made.organisation and self.rng.random() < 0.15
        ]
        posts, left = self._positions(some, records)
        channels = [
            row
            for made, record, post in zip(some, records, left, strict=True)
            for row in self._channels(made, record, post)
        ]
        self._fill(records, [post for post in posts if post.is_main], channels, [])
        self._write(
            records, links={"themes": self._themes([made.themes for made in some]), "territories": own}
        )
        self._write(posts)
        self._write(channels)
        pairs = [
            DoublePair(
                first=records[made.double_of],
                second=record,
                why=_("même nom, même structure"),
                batch=self.batch,
            )
            for made, record in zip(some, records, strict=True)
            if made.double_of is not None
        ]
        DoublePair.objects.bulk_create(pairs)
        self.made["doublepair"] += len(pairs)
        self.made |= exchanges.write(self.inventor, some, records, self.made)
        for made, record in zip(some, records, strict=True):
            if made.organisation and made.function.startswith(("COORDINATION", "ELU")):
                made.organisation.staff.setdefault(made.function, []).append(record.pk)
        self._leave(records)
        placed = {number for number, _place in own}
        self._reach(
            [
                (record, made.organisation.place.pk, "own" if number in placed else "organisation")
                for number, (made, record) in enumerate(zip(some, records, strict=True))
                if made.organisation
            ]
        )

    def _person(self, made: Person) -> Contact:
        alone = made.organisation is None
        civility = Contact.Civility.MADAM if made.woman else Contact.Civility.SIR
        return self._contact(
            collected=made.collected_on,
            kind=Contact.Kind.PERSON,
            name=made.name,
            first_name=made.first_name,
            civility=civility if self.rng.random() < 0.7 else "",
            category_id=self.codes[Category].get("AUT-5") if alone else None,
            verified_on=made.verified_on,
            needs_check=self.rng.random() < 0.04,
            notes=self.rng.choice(exchanges.NOTES) if self.rng.random() < 0.08 else "",
        )

    def _double(self, some: Sequence[Person]) -> Person | None:
        """The same person as somebody wrote them elsewhere: without accents, in capitals, without the e-mail."""
        place = self.rng.randrange(len(some))
        first = some[place]
        name = first.name.upper() if self.rng.random() < 0.5 else fold_name(first.name).title()
        if first.double_of is not None or first.organisation is None or name == first.name:
            return None
        return replace(first, name=name, email="", phones=[], former=None, double_of=place, verified_on=None)

    def _positions(
        self, some: Sequence[Person], records: Sequence[Contact]
    ) -> tuple[list[Position], list[Position | None]]:
        """Every post; and for each person the one they left, if any, whose address is retired with it."""
        functions, services = self.functions, self.codes[Service]
        rows: list[Position] = []
        left: list[Position | None] = []
        for made, record in zip(some, records, strict=True):
            at = record._history_date  # type: ignore[attr-defined]
            began = made.collected_on - datetime.timedelta(days=self.rng.randint(0, 1_500))
            if made.organisation or made.function in functions:
                post = Position(
                    person=record,
                    organisation=made.organisation.record if made.organisation else None,
                    title=made.title,
                    function=functions.get(made.function),
                    service_id=services.get(made.service),
                    starts_on=began if self.rng.random() < 0.6 else None,
                    is_main=True,
                )
                rows.append(self._dated(post, at))
            ended = None
            if made.former:
                organisation, function, title = made.former
                ended = Position(
                    person=record,
                    organisation=organisation.record,
                    title=title,
                    function=functions.get(function),
                    starts_on=began - datetime.timedelta(days=self.rng.randint(300, 2_000)),
                    ends_on=began - datetime.timedelta(days=1),
                )
                rows.append(self._dated(ended, at))
            left.append(ended)
        return rows, left

    def _channels(self, made: Person, record: Contact, former: Position | None) -> list[Channel]:
        rows = []
        nature = Channel.Nature.PERSONAL if made.personal else Channel.Nature.PROFESSIONAL
        if made.email:
            rows.append(
                self._channel(
                    record,
                    "email",
                    made.email,
                    made.email,
                    nature=nature,
                    is_private=made.personal,
                    is_main=True,
                )
            )
        for place, (key, value) in enumerate(made.phones):
            mobile = value.startswith("06")
            if not any(row.key == key for row in rows):
                rows.append(
                    self._channel(
                        record, "phone", key, value, is_private=mobile and place > 0, is_main=place == 0
                    )
                )
        if former and made.former and self.rng.random() < 0.5:
            address = self.inventor.email(made.first_name, made.name, made.former[0].domain)
            rows.append(
                self._channel(record, "email", address, address, position=former, state=Channel.State.RETIRED)
            )
        return rows

    def _leave(self, records: Sequence[Contact]) -> None:
        """A few people have left the field or died since: a second version of their record says when."""
        gone = []
        now = timezone.now()
        for record in records:
            if self.rng.random() < 0.045:
                dead = self.rng.random() < 0.1
                record.state = Contact.State.DECEASED if dead else Contact.State.LEFT
                since = (now - record.created_at) * self.rng.random()
                record._history_date = record.created_at + max(since, datetime.timedelta(minutes=1))  # type: ignore[attr-defined]
                gone.append(record)
        bulk_write(gone, reason=self.reason, fields=["state"])
