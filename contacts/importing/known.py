"""What the base already knows of the people and organisations of a file: a few statements a thousand lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from contacts.importing.plan import Draft, Known, NameKey, Post, Way
from contacts.models import (
    Channel,
    Consent,
    Contact,
    ContactAlias,
    ContactTerritory,
    Coordination,
    Opposition,
    Position,
)
from contacts.models.contact_queries import ContactQuerySet
from crm.folding import fold_name


BATCH = 1_000
FIELDS = (
    "name", "first_name", "civility", "state", "sigle", "siret", "street", "postcode", "city", "website", "notes", "verified_on",
)  # fmt: skip
_PERSON, _ORGANISATION = Contact.Kind.PERSON, Contact.Kind.ORGANISATION


def name_key(last: str, first: str) -> NameKey:
    """The folded name; the only name of someone who has one stands first."""
    last_key, first_key = fold_name(last), fold_name(first)
    return (last_key, first_key) if last_key else (first_key, "")


def _known() -> ContactQuerySet:
    return Contact.objects.filter(is_confidential=False)


def in_batches[T](values: Iterable[T], size: int = BATCH) -> Iterator[tuple[T, ...]]:
    """At most a thousand at a time, in a stable order."""
    return batched(sorted(set(values)), size)  # type: ignore[type-var]


class Base:
    """Reads the base for one file. Records in the trash are not there; one folded into another leads to that one.

    A confidential record is not there either, whoever brings the file: its preview and its report are read by others,
    and what a line would find, complete or contradict would tell them of it.
    """

    def __init__(self) -> None:
        self.roots: dict[int, int] = {}
        self.drafts: dict[int, Draft] = {}

    # -- which records ----------------------------------------------------------------------------------

    def people_of(self, emails: Collection[str], names: Collection[NameKey]) -> set[int]:
        """Those who have one of these addresses or names, an earlier name included."""
        found: set[int] = set()
        for keys in in_batches(emails):
            found |= self._resolved(
                _known().filter(kind=_PERSON, channels__kind="email", channels__key__in=keys)
            )
        whole = {f"{last} {first}".strip() for last, first in names}
        for keys in in_batches(whole):
            found |= self._resolved(_known().filter(kind=_PERSON, sort_name__in=keys))
        for keys in in_batches(whole | {last for last, _first in names}, 5 * BATCH):
            found |= self._resolved(_known().filter(kind=_PERSON, aliases__folded__in=keys))
        return found

    def colleagues_of(self, organisations: Collection[int]) -> Iterator[tuple[int, str, str, int]]:
        """`(key, name, first name, organisation)` of everybody who works in one of these: near names are looked for there."""
        for keys in in_batches(organisations):
            rows = _known().present().filter(main_organisation__in=keys)
            for pk, name, first_name, where in rows.values_list(
                "pk", "name", "first_name", "main_organisation"
            ):
                yield pk, name, first_name, where or 0

    def records(self, numbers: Collection[int]) -> set[int]:
        """Those of these numbers that are records."""
        found: set[int] = set()
        for keys in in_batches(numbers):
            found |= self._resolved(_known().filter(pk__in=keys))
        return found

    def organisations(self) -> list[tuple[int, str, str, str]]:
        """`(key, folded name, sigle, SIRET)` of every organisation, those folded into another under that one's key."""
        rows = _known().filter(kind=_ORGANISATION, trashed_at=None)
        listed = list(rows.order_by("pk").values_list("pk", "sort_name", "sigle", "siret", "merged_into"))
        self._learn_roots((pk, root) for pk, _name, _sigle, _siret, root in listed if root)
        return [(self.root(pk), name, sigle, siret) for pk, name, sigle, siret, _root in listed]

    def organisation_aliases(self) -> list[tuple[int, str]]:
        """`(key, folded former or usual name)`."""
        rows = ContactAlias.objects.filter(
            contact__kind=_ORGANISATION, contact__trashed_at=None, contact__is_confidential=False
        )
        return [(self.root(pk), folded) for pk, folded in rows.values_list("contact", "folded")]

    def _resolved(self, rows: QuerySet[Contact]) -> set[int]:
        found = list(rows.filter(trashed_at=None).values_list("pk", "merged_into"))
        self._learn_roots((pk, root) for pk, root in found if root)
        return {self.root(pk) for pk, _root in found}

    def _learn_roots(self, pairs: Iterable[tuple[int, int]]) -> None:
        self.roots.update(pairs)
        while unknown := set(self.roots.values()) - self.roots.keys():
            rows = Contact.objects.filter(pk__in=unknown).values_list("pk", "merged_into")
            self.roots.update({pk: root or pk for pk, root in rows})
            self.roots.update({pk: pk for pk in unknown - self.roots.keys()})

    def root(self, pk: int) -> int:
        """The record that this one was folded into, or itself."""
        while (root := self.roots.get(pk, pk)) != pk:
            pk = root
        return pk

    # -- what they hold ---------------------------------------------------------------------------------

    def load(self, ids: Collection[int]) -> list[Draft]:
        """Drafts of these records as they are; each record has one, however often it is asked for."""
        for keys in in_batches(set(ids) - self.drafts.keys()):
            self._load(keys)
        return [self.drafts[pk] for pk in sorted(ids) if pk in self.drafts]

    def _load(self, ids: tuple[int, ...]) -> None:
        rows = list(
            _known()
            .present()
            .filter(pk__in=ids)
            .exclude(state=Contact.State.ERASED)
            .defer("search_open", "search_private")
        )
        keys = [row.pk for row in rows]
        sets: dict[str, dict[int, set[Any]]] = defaultdict(lambda: defaultdict(set))
        for name, pairs in self._links(keys):
            for pk, value in pairs:
                sets[name][pk].add(value)
        channels: dict[int, list[Channel]] = defaultdict(list)
        for channel in Channel.objects.filter(contact__in=keys).order_by("-is_main", "pk"):
            channels[channel.contact_id].append(channel)
        for row in rows:
            self.drafts[row.pk] = self._draft(row, channels[row.pk], sets)
        self._posts(keys)

    def _links(self, keys: list[int]) -> Iterator[tuple[str, Iterable[tuple[int, Any]]]]:
        themes, labels = Contact.themes.through.objects, Contact.labels.through.objects
        own = Contact.territories.through.objects
        yield "themes", themes.filter(contact__in=keys).values_list("contact_id", "theme_id")
        yield "labels", labels.filter(contact__in=keys).values_list("contact_id", "label__folded")
        yield "own", own.filter(contact__in=keys).values_list("contact_id", "territory_id")
        yield (
            "reach",
            ContactTerritory.objects.filter(contact__in=keys).values_list("contact_id", "territory_id"),
        )
        absorbed = Contact.objects.filter(merged_into__in=keys).values_list(
            "merged_into", "name", "first_name"
        )
        yield "absorbed", [(pk or 0, name_key(name, first)) for pk, name, first in absorbed]
        yield "aliases", ContactAlias.objects.filter(contact__in=keys).values_list("contact_id", "text")
        consents = Consent.objects.filter(contact__in=keys).values_list(
            "contact_id", "purpose", "withdrawn_on"
        )
        listed = list(consents)
        yield "consents", [(pk, purpose) for pk, purpose, withdrawn in listed if withdrawn is None]
        yield "withdrawn", [(pk, purpose) for pk, purpose, withdrawn in listed if withdrawn is not None]
        yield "oppositions", Opposition.objects.filter(contact__in=keys).values_list("contact_id", "purpose")
        coordinations = Coordination.objects.current().filter(person__in=keys)
        yield "schemes", coordinations.values_list("person_id", "scheme_id")

    def _draft(self, row: Contact, channels: list[Channel], sets: dict[str, dict[int, set[Any]]]) -> Draft:
        def held(name: str) -> frozenset[Any]:
            return frozenset(sets[name].get(row.pk, ()))

        emails = {c.key: Way(c.key, c.is_private, c.comment) for c in channels if c.kind == "email"}
        phones = {c.key: Way(c.key, c.is_private, c.comment) for c in channels if c.kind == "phone"}
        known = Known(
            pk=row.pk,
            version=row.version,
            emails=frozenset(emails),
            phones=frozenset(phones),
            themes=held("themes"),
            labels=held("labels"),
            own_territories=held("own"),
            reach=held("reach"),
            consents=held("consents"),
            withdrawn=held("withdrawn"),
            oppositions=held("oppositions"),
            schemes=held("schemes"),
            has_main_email=any(c.kind == "email" and c.state == "active" for c in channels),
            has_main_phone=any(c.kind == "phone" and c.state == "active" for c in channels),
        )
        values: dict[str, Any] = {field: getattr(row, field) for field in FIELDS}
        values["category"] = row.category_id
        draft = Draft("person" if row.kind == _PERSON else "organisation", 0, known, values, used=True)
        draft.emails, draft.phones = emails, phones
        draft.themes = dict.fromkeys(sorted(known.themes))
        draft.labels = {folded: folded for folded in known.labels}
        draft.territories = dict.fromkeys(sorted(known.own_territories))
        if draft.kind == "person":
            own = ("", "") if row.name == row.main_email and row.name else name_key(row.name, row.first_name)
            others = [
                key
                for alias in sets["aliases"].get(row.pk, ())
                for key in (name_key(alias, row.first_name), name_key(alias, ""))
            ]
            draft.keys = (own, *sets["absorbed"].get(row.pk, ()), *others)
        return draft

    def _posts(self, people: list[int]) -> None:
        """The main post of each, the others, and where they have been."""
        today = timezone.localdate()
        every = Position.objects.filter(person__in=people).select_related("organisation")
        rows, unseen = [], set()
        for row in every.order_by("-is_main", "pk"):
            if row.organisation and row.organisation.is_confidential:
                unseen |= {row.person_id} if row.is_main else set()
            else:
                rows.append(row)
        self.load({self.root(row.organisation_id) for row in rows if row.organisation_id})
        others: dict[int, list[Post]] = defaultdict(list)
        former: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            where = self.drafts.get(self.root(row.organisation_id)) if row.organisation_id else None
            is_current = (row.starts_on is None or row.starts_on <= today) and (
                row.ends_on is None or row.ends_on >= today
            )
            if not is_current:
                if where and where.pk:
                    former[row.person_id].add(where.pk)
                continue
            draft = self.drafts[row.person_id]
            post = Post(where, row.title, row.function_id, row.service_id, row.pk, row.is_main)
            if draft.post is None:
                draft.post = post
            else:
                others[row.person_id].append(post)
        for pk in people:
            if (known := self.drafts[pk].known) is not None:
                known.has_unseen_main_post = pk in unseen
                known.other_posts, known.former_organisations = others[pk], frozenset(former[pk])
