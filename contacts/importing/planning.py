"""Plans the import of a file of contacts: reads the file and the base, writes nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from django.utils.translation import gettext as _

from contacts.importing.columns import CONTACTS
from contacts.importing.doubting import doubtful_pairs
from contacts.importing.filling import PURPOSE_COLUMNS, Filler
from contacts.importing.headings import Labels, unread
from contacts.importing.known import Base, in_batches
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
from crm.reading import Table


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
    roster = Roster(Base())
    roster.meet(reader.who(number, row) for number, row in table.data_rows())
    told = _assigned((reader.read(number, row) for number, row in table.data_rows()), roster, filler)
    roster.settle_names()
    people = _each(one.draft for one in told if one.draft is not None and one.draft.kind == "person")
    organisations = _each(
        [one.draft for one in told if one.draft is not None and one.draft.kind == "organisation"]
        + [draft.organisation for draft in people if draft.organisation is not None]
        + [draft for draft in roster.base.drafts.values() if draft.kind == "organisation"]
    )
    placer = Placer(filler, [*organisations, *people])
    placer.settle(organisations, people)
    _meet_refusals([*organisations, *people], filler)
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
    )
    lines = _lines(told)
    not_data = [NotData(line, reason) for line, reason in table.not_data]
    warnings = [Problem(0, "", remark) for remark in tell]
    warnings += [unread(heading) for heading in headings if heading.asked]
    warnings += sorted(
        [problem for line in lines if line.outcome is not Outcome.REJECTED for problem in line.problems]
        + filler.warnings,
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


def _each(drafts: Iterable[Draft]) -> list[Draft]:
    return list({id(draft): draft for draft in drafts}.values())


class Told(NamedTuple):
    """What is kept of a line once it is folded into its draft; no draft: it was set aside."""

    number: int
    label: str
    problems: tuple[Problem, ...]
    draft: Draft | None
    beside: tuple[Change, ...] = ()
    """What a person's line changes of their known organisation."""


def _assigned(readings: Iterable[Reading], roster: Roster, filler: Filler) -> list[Told]:
    """Each line folded in turn into the draft that it is about."""
    told: list[Told] = []
    for reading in readings:
        if reading.rejected:
            told.append(Told(reading.number, reading.label, (reading.rejected, *reading.problems), None))
            continue
        organisation = roster.organisation(reading)
        known = organisation.known if organisation is not None and reading.is_person else None
        before = len(known.changes) if known else 0
        draft = _fold(reading, organisation, roster, filler)
        beside = tuple(known.changes[before:]) if known else ()
        told.append(Told(reading.number, reading.label, tuple(reading.problems), draft, beside))
    return told


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


def _lines(told: Sequence[Told]) -> list[Line]:
    """Each line with its one outcome. A record that several lines are about has the outcome on the first of them."""
    first: dict[int, int] = {}
    lines: list[Line] = []
    beside: dict[int, tuple[Change, ...]] = defaultdict(tuple)
    for one in told:
        if one.beside:
            beside[id(one.draft)] += one.beside
    for number, label, problems, draft, _beside in told:
        if draft is None:
            lines.append(Line(number, Outcome.REJECTED, label, problems=problems))
        elif id(draft) in first:
            lines.append(Line(number, Outcome.MERGED, label, into=first[id(draft)], problems=problems))
        else:
            first[id(draft)] = number
            changes = (*draft.known.changes, *beside[id(draft)]) if draft.known else ()
            outcome = (
                Outcome.CREATED if draft.known is None else Outcome.UPDATED if changes else Outcome.UNCHANGED
            )
            lines.append(Line(number, outcome, label, draft.pk, None, changes, problems))
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
    for draft in [*content.organisations, *content.people]:
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
