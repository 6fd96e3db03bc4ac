"""Which record a line is about. One rule within the file and with the base: docs/import.md, « One person »."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from contacts.importing.cells import nature_of
from contacts.importing.keeping import Store
from contacts.importing.known import Base, name_key
from contacts.importing.names import compatible
from contacts.importing.plan import Draft, NameKey
from contacts.importing.readings import Reading
from contacts.likeness import near_people, near_words
from crm.folding import fold_name


GENERIC = frozenset(
    """
    mairie|commune|ville|ccas|cias|epci|departement|conseil departemental|region|conseil regional|prefecture|
    sous prefecture|ddets|dreets|ars|cpam|caf|msa|hopital|clinique|lycee|college|ecole|universite|association|
    centre social|mission locale|centre de sante|maison de sante|bailleur|bailleur social|pmi|ehpad|crous|metropole|
    communaute de communes|communaute d agglomeration|agglomeration|etat|maison des associations|ministere
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
"""Names that many organisations bear: one such name is one organisation in one town only."""


class Index[K]:
    """Drafts by what they are recognised by, the first first. Most keys lead to one: it stands there bare."""

    def __init__(self) -> None:
        self._found: dict[K, Draft | list[Draft]] = {}

    def __getitem__(self, key: K) -> Sequence[Draft]:
        found = self._found.get(key)
        return () if found is None else found if isinstance(found, list) else (found,)

    def __setitem__(self, key: K, drafts: list[Draft]) -> None:
        self._found[key] = drafts

    def add(self, key: K, draft: Draft) -> None:
        """After the others."""
        found = self._found.get(key)
        if found is None:
            self._found[key] = draft
        elif isinstance(found, list):
            found.append(draft)
        else:
            self._found[key] = [found, draft]

    def drafts(self) -> Iterator[Draft]:
        for found in self._found.values():
            if isinstance(found, list):
                yield from found
            else:
                yield found


class Roster:
    """The drafts of a file by what they are recognised by: first those of the base, then each new one.

    With a store, new drafts are put away there when no line has been about them for a while.
    """

    def __init__(self, base: Base, store: Store | None = None) -> None:
        self.base, self.store = base, store
        self.people: list[Draft] = []
        self.organisations: list[Draft] = []
        self.by_email: Index[str] = Index()
        self.by_name: Index[NameKey] = Index()
        self.by_place_and_name: dict[int, dict[NameKey, Draft]] = defaultdict(dict)
        """Who works or has worked in an organisation (its `id`), by name."""
        self.organisations_by_name: Index[str] = Index()
        self.organisations_by_siret: dict[str, Draft] = {}
        self.organisations_by_email: Index[str] = Index()
        self.every_organisation: list[tuple[int, str]] = []

    # -- the base ---------------------------------------------------------------------------------------

    def meet(self, readings: Iterable[Reading]) -> None:
        """Load what the base knows of whatever these lines name; they are gone through once, and not kept."""
        wanted: set[str] = set()
        sirets: set[str] = set()
        emails: set[str] = set()
        names: set[NameKey] = set()
        records: set[int] = set()
        for reading in readings:
            records |= {reading.record} - {0}
            wanted |= {fold_name(text) for text in (reading.organisation, reading.sigle) if text}
            sirets |= {reading.siret} - {""}
            emails.update(reading.emails)
            names |= {key_of(reading)} - {("", "")}
        found: dict[str, dict[int, None]] = defaultdict(dict)
        by_siret: dict[str, int] = {}
        sigles: dict[str, dict[int, None]] = defaultdict(dict)
        for pk, name, sigle, siret in self.base.organisations():
            self.every_organisation.append((pk, name))
            if name in wanted:
                found[name][pk] = None
            if sigle and (key := fold_name(sigle)) in wanted:
                sigles[key][pk] = None
            if siret and siret in sirets:
                by_siret.setdefault(siret, pk)
        for pk, folded in self.base.organisation_aliases():
            if folded in wanted:
                found[folded][pk] = None
        for key, pks in sigles.items():
            if len(pks) == 1:
                found.setdefault(key, {}).update(pks)
        people = self.base.people_of(emails, names) | self.base.records(records)
        self.base.load({pk for pks in found.values() for pk in pks} | {*by_siret.values()})
        for draft in self.base.load(people):
            if draft.kind == "person":
                self._enter_person(draft)
        for key, pks in found.items():
            self.organisations_by_name[key] = [self.base.drafts[pk] for pk in pks if pk in self.base.drafts]
        for siret, pk in by_siret.items():
            self.organisations_by_siret[siret] = self.base.drafts[pk]
        for draft in self.base.drafts.values():
            if draft.kind == "organisation":
                for email in draft.emails:
                    self.organisations_by_email.add(email, draft)

    def _enter_person(self, draft: Draft) -> None:
        for email in draft.emails:
            self.by_email.add(email, draft)
        places = (
            {
                post.organisation.pk
                for post in (draft.post, *draft.known.other_posts)
                if post and post.organisation
            }
            if draft.known
            else set()
        )
        organisations = [self.base.drafts[pk] for pk in places if pk in self.base.drafts]
        former = (
            [self.base.drafts[pk] for pk in draft.known.former_organisations if pk in self.base.drafts]
            if draft.known
            else []
        )
        for key in draft.keys:
            self.by_name.add(key, draft)
            for organisation in organisations:
                self.by_place_and_name[id(organisation)][key] = draft
            for organisation in former:
                self.by_place_and_name[id(organisation)].setdefault(key, draft)

    # -- organisations ----------------------------------------------------------------------------------

    def organisation(self, reading: Reading) -> Draft | None:
        """The organisation that this line names; a new one is only used once a record is tied to it."""
        if not reading.organisation:
            return None
        key = fold_name(reading.organisation)
        if not reading.is_person and (numbered := self._numbered(reading)) is not None:
            return numbered
        candidates = self.organisations_by_name[key]
        if key in GENERIC:
            candidates = [draft for draft in candidates if _same_town(draft, reading)]
        if candidates:
            draft = self._nearest(candidates, reading)
        elif reading.siret and reading.siret in self.organisations_by_siret:
            draft = self.organisations_by_siret[reading.siret]
        else:
            draft = Draft("organisation", reading.number, values={"name": reading.organisation})
            if key in GENERIC:
                draft.values["town"] = _town(reading)
            self.organisations_by_name.add(key, draft)
            self.organisations.append(draft)
            if self.store:
                self.store.add(draft)
        if draft.is_new:
            draft.spellings = draft.spellings or Counter()
            draft.spellings[reading.organisation] += 1
            if reading.siret:
                self.organisations_by_siret.setdefault(reading.siret, draft)
            if reading.sigle and not self.organisations_by_name[fold_name(reading.sigle)]:
                self.organisations_by_name.add(fold_name(reading.sigle), draft)
        return draft

    @staticmethod
    def _nearest(candidates: Sequence[Draft], reading: Reading) -> Draft:
        """Of namesakes the one at the same place, else the first."""
        if len(candidates) == 1:
            return candidates[0]
        here = {place.pk for place in reading.where.territories}
        for draft in candidates:
            reach = draft.known.reach if draft.known else frozenset(draft.territories)
            if (here and here & reach) or (reading.city and _same_town(draft, reading)):
                return draft
        return candidates[0]

    def settle_names(self) -> None:
        """New organisations under their best writing, once every line is read."""
        for draft in self.organisations:
            _best_spelling(draft)
            if self.store:
                self.store.cool()

    # -- people -----------------------------------------------------------------------------------------

    def person(self, reading: Reading, organisation: Draft | None) -> Draft | None:
        """The draft that this line is about, by e-mail and compatible name, else by name and organisation."""
        key = key_of(reading)
        sharing = [draft for email in reading.emails for draft in self.by_email[email]]
        if (numbered := self._numbered(reading)) is not None and numbered.kind == "person":
            return numbered
        if key == ("", ""):
            return self._nameless(reading, sharing)
        same = [draft for draft in sharing if key in draft.keys]
        fitting = same or [draft for draft in sharing if any(compatible(key, other) for other in draft.keys)]
        if fitting:
            return fitting[0]
        if organisation is not None:
            return self.by_place_and_name[id(organisation)].get(key)
        alone = [draft for draft in self.by_name[key] if draft.organisation is None]
        fitting = [draft for draft in alone if not _contradicts(draft, reading)]
        return fitting[0] if fitting else None

    def _numbered(self, reading: Reading) -> Draft | None:
        """The record whose number the line bears, if something else says that it is: a file may come from elsewhere."""
        draft = self.base.drafts.get(self.base.root(reading.record)) if reading.record else None
        if draft is None:
            return None
        if draft.kind == "organisation":
            return (
                draft
                if near_words(fold_name(draft.values["name"]), fold_name(reading.organisation))
                else None
            )
        shares = not draft.emails.keys().isdisjoint(reading.emails)
        return draft if shares or any(near_people(key_of(reading), key) for key in draft.keys) else None

    def _nameless(self, reading: Reading, sharing: list[Draft]) -> Draft | None:
        """An e-mail alone is whoever has it, if one has; a shared mailbox's is its organisation's."""
        unnamed = [draft for draft in sharing if ("", "") in draft.keys]
        if unnamed:
            return unnamed[0]
        owners = {
            id(draft): draft for email in reading.emails for draft in self.organisations_by_email[email]
        }
        different = {id(draft): draft for draft in sharing}
        if owners and (len(different) != 1 or nature_of(reading.emails[0]) == "role"):
            return next(iter(owners.values())) if len(owners) == 1 else None
        return next(iter(different.values())) if len(different) == 1 else None

    def enter(self, draft: Draft, key: NameKey) -> None:
        """A new person, recognised from now on."""
        draft.keys = (key,)
        self.people.append(draft)
        if key != ("", ""):
            self.by_name.add(key, draft)
        if self.store:
            self.store.add(draft)

    def learn(self, draft: Draft, reading: Reading, organisation: Draft | None) -> None:
        """This line is about this draft: its e-mails and organisation lead there from now on."""
        for email in reading.emails:
            index = self.by_email if draft.kind == "person" else self.organisations_by_email
            if draft not in index[email]:
                index.add(email, draft)
        if draft.kind == "person" and organisation is not None and draft.organisation is organisation:
            for key in draft.keys:
                self.by_place_and_name[id(organisation)].setdefault(key, draft)


def key_of(reading: Reading) -> NameKey:
    return name_key(reading.name.last, reading.name.first)


def _contradicts(draft: Draft, reading: Reading) -> bool:
    """Two people of one name and no organisation: other e-mails, or other phones, say that they are two."""
    mine, theirs = set(reading.emails), draft.emails.keys()
    if mine and theirs:
        return mine.isdisjoint(theirs)
    numbers = {phone.key for phone in reading.phones}
    return bool(numbers and draft.phones) and numbers.isdisjoint(draft.phones.keys())


def _town(reading: Reading) -> str:
    return fold_name(reading.city) or " ".join(sorted(place.code for place in reading.where.territories))


def _same_town(draft: Draft, reading: Reading) -> bool:
    """Whether a common name is borne in the same town; one that says no town is any."""
    here, there = _town(reading), draft.values.get("town") or fold_name(draft.values.get("city") or "")
    reach = draft.known.reach if draft.known else frozenset()
    if not here or not (there or reach):
        return not here and not there
    return here == there or bool(reach & {place.pk for place in reading.where.territories})


def _best_spelling(draft: Draft) -> None:
    """A new organisation's name as its best writing in the file: both cases, accents, then the most frequent."""
    draft.values.pop("town", None)
    spellings, draft.spellings = draft.spellings, None
    if not spellings:
        return

    def rank(text: str) -> tuple[bool, int, int, int]:
        accents = sum(not sign.isascii() for sign in text if sign.isalpha())
        return (not (text.isupper() or text.islower()), accents, text.count("-"), spellings[text])

    draft.values["name"] = max(spellings, key=rank)
