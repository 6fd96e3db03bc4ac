"""Plans the import of a file of contacts: reads the file and the base, writes nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import batched, chain
from typing import Any, cast

from django.utils.translation import gettext as _

from contacts.importing.columns import CONTACTS
from contacts.importing.doubting import doubtful_pairs
from contacts.importing.filling import PURPOSE_COLUMNS, Filler
from contacts.importing.headings import Labels, unread
from contacts.importing.keeping import Store
from contacts.importing.known import BATCH, Base, in_batches
from contacts.importing.lines import Reader
from contacts.importing.matching import Roster, key_of
from contacts.importing.names import LONGEST_NAME
from contacts.importing.places import Atlas
from contacts.importing.placing import Placer
from contacts.importing.plan import FROM_ADDRESS, Content, Draft, Known
from contacts.importing.readings import Lists, Reading
from contacts.importing.terms import Vocabulary
from contacts.models import Scheme, SuppressedAddress
from contacts.territories.finding import current_finder
from crm.folding import fold
from crm.importing import Change, Heading, Line, NotData, Outcome, Plan, Problem
from crm.keeping_lines import Lines
from crm.reading import Table
from crm.reading.spool import FRAME, Spool


def plan_contacts(
    table: Table,
    headings: Sequence[Heading],
    *,
    choices: Mapping[str, Any],
    on: date,
    tell: Sequence[str] = (),
) -> Plan:
    """What this table would do to the base as it is; `tell` are remarks about the whole file."""
    label_of = Labels(headings, CONTACTS)
    lists = Lists(Atlas(current_finder()), choices, label_of)
    reader = Reader(headings, lists, label_of, on)
    filler = Filler(lists, label_of, choices.get("replace", ()))
    store = Store()
    roster = Roster(Base(), store)
    roster.meet(reader.who(number, row) for number, row in table.data_rows())
    told = Told()
    _assign((reader.read(number, row) for number, row in table.data_rows()), roster, filler, told, store)
    roster.settle_names()
    people, organisations = _people(told), _organisations(told, roster)
    _settle(organisations, people, filler, store)
    _tie_to_schemes(people, lists, filler)
    pairs = doubtful_pairs(roster, filler.tell)
    content = Content(
        on=on,
        organisations=[draft for draft in organisations if draft.used or draft.own_line],
        people=people,
        pairs=pairs,
        created_terms={
            vocabulary.code: dict(vocabulary.created) for vocabulary in _merged(lists) if vocabulary.created
        },
        store=store,
    )
    lines = _lines(told)
    not_data = [NotData(line, reason) for line, reason in table.not_data]
    warnings = [Problem(0, "", remark) for remark in tell]
    warnings += [unread(heading) for heading in headings if heading.asked]
    warnings += sorted(
        told.problems + filler.warnings,
        key=lambda problem: problem.line,
    )
    plan = Plan(
        kind="contacts",
        sheet=table.sheet.sheet_name or "",
        sheets=table.sheet.sheet_names,
        heading_line=table.header_line,
        headings=headings,
        lines=lines,
        not_data=not_data,
        conflicts=sorted(filler.conflicts, key=lambda conflict: conflict.line),
        warnings=warnings,
        unknown=[unknown for vocabulary in _merged(lists) for unknown in vocabulary.unknown()],
        objects={
            "persons": sum(draft.is_new for draft in content.people),
            "organisations": sum(draft.is_new for draft in content.organisations),
        },
        content=content,
    )
    plan.digest = digest_of(plan)
    return plan


def _merged(lists: Lists) -> list[Vocabulary]:
    """The lists, the two readers of functions as one."""
    lists.functions.told.update(
        {key: told for key, told in lists.titles.told.items() if key not in lists.functions.told}
    )
    lists.functions.created.update(lists.titles.created)
    if not lists.functions.used:
        lists.functions.column = lists.titles.column
    return [vocabulary for vocabulary in lists.all if vocabulary is not lists.titles]


class Told:
    """What is kept of each line once it is folded into its draft: in a temporary file, but for the draft."""

    def __init__(self) -> None:
        self.spool = Spool()
        self.drafts: list[Draft | None] = []
        """Of each line; none: it was set aside."""
        self.beside: dict[int, tuple[Change, ...]] = defaultdict(tuple)
        """What people's lines change of their known organisation, by their draft."""
        self.problems: list[Problem] = []
        """Of the lines that enter."""
        self._frame: list[tuple[Any, ...]] = []

    def add(self, reading: Reading, draft: Draft | None, beside: Sequence[Change] = ()) -> None:
        problems = [*reading.problems]
        if draft is None and reading.rejected:
            problems.insert(0, reading.rejected)
        else:
            self.problems += problems
        said = tuple([(one.column, one.reason) for one in problems])
        self.drafts.append(draft)
        self._frame.append((reading.number, reading.label, said))
        if len(self._frame) == FRAME:
            self.spool.write(self._frame)
            self._frame = []
        if beside:
            self.beside[id(draft)] += tuple(beside)

    def end(self) -> None:
        self.spool.write(self._frame)
        self.spool.end()
        self._frame = []

    def __iter__(self) -> Iterator[tuple[int, str, tuple[Problem, ...], Draft | None]]:
        for (number, label, said), draft in zip(self.spool.tuples(), self.drafts, strict=True):
            problems = tuple([Problem(number, column, reason) for column, reason in said])
            yield number, label, problems, draft


def _people(told: Told) -> list[Draft]:
    """Each person that a line is about, in the order of the file."""
    found = (draft for draft in told.drafts if draft is not None and draft.kind == "person")
    return list(dict.fromkeys(found))


def _organisations(told: Told, roster: Roster) -> list[Draft]:
    """Those that a line is about, then those that people work in, then whatever else was read of the base."""
    found = [draft for draft in told.drafts if draft is not None]
    named = (draft for draft in found if draft.kind == "organisation")
    employers = (draft.organisation for draft in found if draft.kind == "person")
    others = (draft for draft in roster.base.drafts.values() if draft.kind == "organisation")
    return list(dict.fromkeys([*named, *(draft for draft in employers if draft is not None), *others]))


def _settle(organisations: Sequence[Draft], people: Sequence[Draft], filler: Filler, store: Store) -> None:
    """Places and remembered refusals, organisations first."""
    placer = Placer(filler, (draft.known for draft in chain(organisations, people) if draft.known))
    for _organisation in placer.settle_organisations(organisations, people):
        store.cool()
    for some in batched(organisations, BATCH):
        _meet_refusals(some, filler)
        store.cool()
    for some in batched(people, BATCH):
        placer.settle_people(some)
        _meet_refusals(some, filler)
        store.cool()


def _assign(readings: Iterable[Reading], roster: Roster, filler: Filler, told: Told, store: Store) -> None:
    """Each line folded in turn into the draft that it is about."""
    for reading in readings:
        if reading.rejected:
            told.add(reading, None)
            continue
        organisation = roster.organisation(reading)
        known = organisation.known if organisation is not None and reading.is_person else None
        before = len(known.changes) if known else 0
        draft = _fold(reading, organisation, roster, filler)
        told.add(reading, draft, known.changes[before:] if known else ())
        store.cool()
    told.end()


def _fold(reading: Reading, organisation: Draft | None, roster: Roster, filler: Filler) -> Draft:
    if reading.is_person:
        draft = roster.person(reading, organisation)
        if draft is None:
            draft = new_person(reading)
            roster.enter(draft, key_of(reading))
        if draft.kind == "person":
            filler.person(draft, reading, organisation)
        else:
            filler.organisation(draft, reading)
    else:
        draft = cast("Draft", organisation)  # a line that names nobody else names one
        draft.used = True
        if draft.own_line is None:
            draft.own_line = reading.number
        filler.organisation(draft, reading)
    if not draft.line:
        draft.line = reading.number
    roster.learn(draft, reading, organisation)
    return draft


def new_person(reading: Reading) -> Draft:
    """Someone known by an e-mail alone has it for a name, until a file or a person says who it is."""
    last, first = reading.name.last, reading.name.first
    values = {
        "name": last or first or reading.emails[0][:LONGEST_NAME],
        "first_name": first if last else "",
        "civility": reading.name.civility,
    }
    return Draft("person", reading.number, values=values, used=True)


def _meet_refusals(drafts: Sequence[Draft], filler: Filler) -> None:
    """An address that has refused meets whoever comes with it: the refusal is theirs again."""
    coming = [
        (draft, key)
        for draft in drafts
        for key in draft.emails
        if draft.known is None or key not in draft.known.emails
    ]
    if not coming:
        return
    refused = SuppressedAddress.refused_by({key for _draft, key in coming})
    for draft, key in coming if refused else ():
        for purpose in sorted(refused.get(key, ())):
            if purpose in draft.oppositions or (draft.known and purpose in draft.known.oppositions):
                continue
            draft.oppositions[purpose] = FROM_ADDRESS
            draft.consents.pop(purpose, None)
            told = _("%(email)s a déjà refusé : l’opposition est reprise.") % {"email": key}
            filler.tell(draft.own_line or draft.line, PURPOSE_COLUMNS.get(purpose, purpose), told)


def _tie_to_schemes(people: Sequence[Draft], lists: Lists, filler: Filler) -> None:
    """Who has a post of coordination coordinates the known schemes that their line names: by title, or by type and place.

    What the base does not know is in the notes.
    """
    naming = [draft for draft in people if draft.schemes]
    if not naming:
        return
    by_place: dict[tuple[int, int], set[tuple[int, str]]] = defaultdict(set)
    for places in in_batches(mention.place.pk for draft in naming for mention in draft.mentions):
        rows = Scheme.objects.running().filter(territories__in=places)
        for kind, place, pk, name in rows.values_list("type", "territories", "pk", "name"):
            by_place[kind, place].add((pk, name))
    by_title: dict[str, set[tuple[int, str]]] = defaultdict(set)
    titles = {
        fold(title)[:200] for draft in naming for _heading, text in draft.schemes for title in text.split(";")
    }
    for keys in in_batches(titles):
        for folded, pk, name in Scheme.objects.filter(folded__in=keys).values_list("folded", "pk", "name"):
            by_title[folded].add((pk, name))
    for draft in naming:
        held = draft.known.schemes if draft.known else frozenset()
        named = {
            heading: [by_title[fold(title)[:200]] for title in text.split(";")]
            for heading, text in draft.schemes
        }
        found = [known for titles_ in named.values() for known in titles_]
        found += [by_place[mention.type, mention.place.pk] for mention in draft.mentions]
        for known in found if _coordinates(draft, lists) else ():
            for pk, name in known if len(known) == 1 else ():
                if pk not in draft.coordinated and pk not in held:
                    draft.coordinated = (*draft.coordinated, pk)
                    filler.changed(draft, "scheme", "", name)
        tied = {*draft.coordinated, *held}
        for heading, text in draft.schemes:
            if not all(len(known) == 1 and {pk for pk, _name in known} <= tied for known in named[heading]):
                filler.notes(draft, [_("%(heading)s : %(text)s") % {"heading": heading, "text": text}])


def _coordinates(draft: Draft, lists: Lists) -> bool:
    post = draft.post
    if post is None:
        return False
    function = lists.functions.names.get(post.function, "") if isinstance(post.function, int) else ""
    return "coordinateur" in fold(f"{post.title} {function}").split()


def _lines(told: Told) -> Lines:
    """Each line with its one outcome. A record that several lines are about has the outcome on the first of them."""
    first: dict[int, int] = {}
    lines = Lines()
    for number, label, problems, draft in told:
        if draft is None:
            lines.add(Line(number, Outcome.REJECTED, label, problems=problems))
            continue
        # A person's draft begins with the first line about them, an organisation's with the first that names it.
        begun = draft.line if draft.kind == "person" else first.setdefault(id(draft), number)
        if begun != number:
            lines.add(Line(number, Outcome.MERGED, label, into=begun, problems=problems))
            continue
        changes = (*draft.known.changes, *told.beside.get(id(draft), ())) if draft.known else ()
        outcome = (
            Outcome.CREATED if draft.known is None else Outcome.UPDATED if changes else Outcome.UNCHANGED
        )
        lines.add(Line(number, outcome, label, draft.pk, None, changes, problems))
    lines.end()
    return lines


def digest_of(plan: Plan) -> str:
    """A fingerprint of all that applying would write and of what was said of it."""
    seen: dict[int, int] = {}

    def name(draft: Draft | None) -> Any:
        if draft is None:
            return None
        return draft.pk if draft.pk else -seen.setdefault(id(draft), len(seen) + 1)

    sha = hashlib.sha256()
    content: Content = plan.content
    for line in plan.lines:
        sha.update(f"{line.number} {line.outcome} {line.target} {line.into}\n".encode())
    for draft in content.drafts:
        post = draft.post
        written = (
            name(draft), draft.line, sorted(draft.values.items(), key=str), sorted(draft.emails), sorted(draft.phones),
            sorted(map(str, draft.themes)), sorted(draft.labels), sorted(draft.territories), sorted(draft.consents),
            sorted(draft.oppositions), draft.coordinated, _held(draft.known),
            (name(post.organisation), post.title, post.function, post.service, post.pk) if post else None,
        )  # fmt: skip
        sha.update(repr(written).encode())
    for conflict in plan.conflicts:
        sha.update(repr(conflict).encode())
    for vocabulary, terms in sorted(content.created_terms.items()):
        sha.update(f"{vocabulary} {sorted(terms)}".encode())
    return sha.hexdigest()


def _held(known: Known | None) -> Any:
    if known is None:
        return None
    dropped = sorted((name, sorted(map(str, gone))) for name, gone in known.dropped.items())
    return (known.version, dropped, known.left_post.pk if known.left_post else None)
