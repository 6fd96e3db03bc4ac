"""Plans the import of a file of schemes, with the people and organisations that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from contacts.importing.doubting import doubtful_pairs
from contacts.importing.headings import Labels, unread
from contacts.importing.known import Base, in_batches
from contacts.importing.matching import Roster, key_of
from contacts.importing.places import Atlas
from contacts.importing.plan import Content, Draft, Post
from contacts.importing.planning import new_person
from contacts.importing.readings import Reading
from contacts.importing.schemes.columns import SCHEMES
from contacts.importing.schemes.filling import SchemeFiller
from contacts.importing.schemes.lines import Named, SchemeReader, SchemeReading
from contacts.importing.schemes.plan import KnownScheme, SchemeContent, SchemeDraft
from contacts.importing.terms import Term, Vocabulary
from contacts.models import Coordination, Function, Scheme
from contacts.territories.finding import current_finder
from crm.folding import fold
from crm.importing import Heading, Line, NotData, Outcome, Plan, Problem
from crm.reading import Table


FIELDS = ("name", "email", "state", "starts_on", "ends_on", "notes")


def plan_schemes(
    table: Table,
    headings: Sequence[Heading],
    *,
    choices: Mapping[str, Any],
    on: date,
    tell: Sequence[str] = (),
) -> Plan:
    """What this table would do to the base as it is; `tell` are remarks about the whole file."""
    label_of = Labels(headings, SCHEMES)
    terms: Mapping[str, Mapping[str, str]] = choices.get("terms", {})
    # A type decides what counts as a territorial scheme: an unknown one sets its line aside, it makes no term.
    types = Vocabulary("scheme_type", column=label_of("type"), choices=terms.get("scheme_type"))
    services = Vocabulary(
        "service",
        column=label_of("service"),
        choices=terms.get("service"),
        create_missing=bool(choices.get("create_missing")),
    )
    reader = SchemeReader(
        headings, types=types, services=services, atlas=Atlas(current_finder()), label_of=label_of
    )
    readings = [reader.read(number, cells) for number, cells in table.data_rows()]
    filler = SchemeFiller(types, services, label_of, choices.get("replace", ()))
    cast = Cast(types)
    cast.meet(readings)
    about = _assigned(readings, cast, filler)
    cast.roster.settle_names()
    pairs = doubtful_pairs(
        cast.roster, lambda line, _column, reason: filler.tell(line, "coordination", reason)
    )
    people = Content(
        on=on,
        organisations=[draft for draft in cast.roster.organisations if draft.used]
        + cast.known_organisations(),
        people=cast.roster.people,
        pairs=pairs,
        created_terms={"service": dict(services.created)} if services.created else {},
    )
    schemes = list({id(draft): draft for draft in about.values()}.values())
    warnings = [Problem(0, "", remark) for remark in tell]
    warnings += [unread(heading) for heading in headings if heading.asked]
    warnings += sorted(
        [problem for reading in readings if not reading.rejected for problem in reading.problems]
        + filler.warnings,
        key=lambda problem: problem.line,
    )
    plan = Plan(
        kind="schemes",
        sheet=table.sheet.sheet_name or "",
        sheets=table.sheet.sheet_names,
        heading_line=table.header_line,
        headings=headings,
        lines=_lines(readings, about),
        not_data=[NotData(line, reason) for line, reason in table.not_data],
        conflicts=sorted(filler.conflicts, key=lambda conflict: conflict.line),
        warnings=warnings,
        unknown=[unknown for vocabulary in (types, services) for unknown in vocabulary.unknown()],
        objects={
            "schemes": sum(draft.is_new for draft in schemes),
            "persons": len(people.people),
            "organisations": sum(draft.is_new for draft in people.organisations),
        },
        content=SchemeContent(people, schemes),
    )
    plan.digest = _digest(plan)
    return plan


class Cast:
    """The people, organisations and schemes that a file names, known or new."""

    def __init__(self, types: Vocabulary) -> None:
        self.roster = Roster(Base())
        self.schemes: dict[tuple[int, str], SchemeDraft] = {}
        code_of = {pk: code for code, pk in types.codes.items()}
        functions: dict[str, int] = Function.objects.folded()
        self.functions = {
            pk: function
            for pk, code in code_of.items()
            if (function := functions.get(fold(f"coordinateur {code}"))) is not None
        }
        self.people: dict[int, Draft] = {}

    def meet(self, readings: Iterable[SchemeReading]) -> None:
        """Load what the base knows of whatever these lines name."""
        wanted = [reading for reading in readings if not reading.rejected]
        named = [
            Reading(reading.number, name=one.name, organisation=reading.lead, emails=_emails(reading))
            for reading in wanted
            for one in (*reading.coordinators, *([reading.elected] if reading.elected else ()))
        ]
        named += [Reading(reading.number, organisation=reading.lead) for reading in wanted if reading.lead]
        self.roster.meet(named)
        for keys in in_batches({fold(reading.name)[:200] for reading in wanted}):
            rows = list(Scheme.objects.filter(folded__in=keys).order_by("pk"))
            self._enter(rows)

    def _enter(self, rows: Sequence[Scheme]) -> None:
        ids = [row.pk for row in rows]
        places: dict[int, set[int]] = {}
        for scheme, territory in Scheme.territories.through.objects.filter(scheme__in=ids).values_list(
            "scheme_id", "territory_id"
        ):
            places.setdefault(scheme, set()).add(territory)
        coordinators: dict[int, set[int]] = {}
        for scheme, person in (
            Coordination.objects.current()
            .filter(scheme__in=ids, person__is_confidential=False)
            .values_list("scheme", "person")
        ):
            coordinators.setdefault(scheme, set()).add(person)
        base = self.roster.base
        wanted = {pk for row in rows for pk in (row.lead_id, row.elected_official_id) if pk}
        base.load(wanted | {pk for pks in coordinators.values() for pk in pks})
        for row in rows:
            named = {"lead": row.lead_id, "elected": row.elected_official_id}
            known = KnownScheme(
                row.pk,
                row.version,
                frozenset(places.get(row.pk, ())),
                frozenset(coordinators.get(row.pk, ())),
                frozenset(name for name, pk in named.items() if pk and pk not in base.drafts),
            )
            values: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
            values |= {
                "type": row.type_id,
                "service": row.service_id,
                "lead": base.drafts.get(row.lead_id or 0),
                "elected": base.drafts.get(row.elected_official_id or 0),
            }
            draft = SchemeDraft(0, known, values, territories=dict.fromkeys(sorted(known.territories)))
            self.schemes.setdefault((row.type_id, row.folded), draft)

    def scheme(self, reading: SchemeReading) -> SchemeDraft:
        """The scheme that a line is about: same type, same folded title."""
        key = (reading.type or 0, fold(reading.name)[:200])
        if (draft := self.schemes.get(key)) is None:
            draft = self.schemes[key] = SchemeDraft(
                reading.number, values={"type": reading.type, "name": reading.name}
            )
        if not draft.line:
            draft.line = reading.number
        return draft

    def lead(self, reading: SchemeReading) -> Draft | None:
        """The lead organisation of a line."""
        return self.roster.organisation(Reading(reading.number, organisation=reading.lead))

    def coordinator(self, reading: SchemeReading, one: Named, lead: Draft | None) -> Draft:
        """Who coordinates: known in the lead organisation or by the scheme's e-mail, else new, with a post there."""
        function = self.functions.get(reading.type or 0)
        return self._person(reading, one, lead, function=function, emails=_emails(reading))

    def elected(self, reading: SchemeReading, one: Named, lead: Draft | None) -> Draft:
        """The elected official: known in the lead organisation, or by name when nothing says where, else new."""
        return self._person(reading, one, lead, function=None, emails=())

    def _person(
        self,
        reading: SchemeReading,
        one: Named,
        lead: Draft | None,
        *,
        function: Term | None,
        emails: tuple[str, ...],
    ) -> Draft:
        asked = Reading(reading.number, name=one.name, organisation=reading.lead, emails=emails)
        draft = self.roster.person(asked, lead) or self.roster.person(
            Reading(reading.number, name=one.name), None
        )
        if draft is None or draft.kind != "person":
            draft = new_person(Reading(reading.number, name=one.name))
            if lead is not None or one.title or function is not None:
                draft.post = Post(lead, one.title, function)
            if lead is not None:
                lead.used = True
            self.roster.enter(draft, key_of(asked))
            self.roster.learn(draft, Reading(reading.number), lead)
        self.people[id(draft)] = draft
        return draft

    def known_organisations(self) -> list[Draft]:
        """Those that new people work in: their names are part of what is derived."""
        employers = {
            id(d.organisation): d.organisation for d in self.roster.people if d.organisation is not None
        }
        leads = {id(d): d for scheme in self.schemes.values() if (d := scheme.values.get("lead")) is not None}
        return [draft for draft in (employers | leads).values() if not draft.is_new]


def _emails(reading: SchemeReading) -> tuple[str, ...]:
    return (reading.email,) if reading.email else ()


def _assigned(readings: Sequence[SchemeReading], cast: Cast, filler: SchemeFiller) -> dict[int, SchemeDraft]:
    about: dict[int, SchemeDraft] = {}
    for reading in readings:
        if reading.rejected:
            continue
        draft = about[reading.number] = cast.scheme(reading)
        lead = cast.lead(reading)
        kept: Draft | None = draft.values.get("lead")
        filler.fill(
            draft,
            reading,
            lead=lead,
            coordinators=[cast.coordinator(reading, one, lead or kept) for one in reading.coordinators],
            elected=cast.elected(reading, reading.elected, lead or kept) if reading.elected else None,
        )
    return about


def _lines(readings: Sequence[SchemeReading], about: Mapping[int, SchemeDraft]) -> list[Line]:
    first: dict[int, int] = {}
    lines = []
    for reading in readings:
        problems = tuple(reading.problems)
        if reading.rejected:
            told = (reading.rejected, *problems)
            lines.append(Line(reading.number, Outcome.REJECTED, reading.name, problems=told))
            continue
        draft = about[reading.number]
        if id(draft) in first:
            merged = Line(
                reading.number, Outcome.MERGED, reading.name, into=first[id(draft)], problems=problems
            )
            lines.append(merged)
            continue
        first[id(draft)] = reading.number
        outcome = (
            Outcome.CREATED if draft.is_new else Outcome.UPDATED if draft.is_changed else Outcome.UNCHANGED
        )
        target = draft.known.pk if draft.known else None
        lines.append(
            Line(reading.number, outcome, reading.name, target, None, tuple(draft.changes), problems)
        )
    return lines


def _digest(plan: Plan) -> str:
    content: SchemeContent = plan.content
    sha = hashlib.sha256()
    for line in plan.lines:
        sha.update(f"{line.number} {line.outcome} {line.target} {line.into} {line.changes}\n".encode())
    for draft in content.people.people:
        sha.update(f"{draft.shown} {draft.organisation.shown if draft.organisation else ''}\n".encode())
    for scheme in content.schemes:
        values = [
            (key, value.shown if isinstance(value, Draft) else value)
            for key, value in sorted(scheme.values.items())
        ]
        people = [(one.pk or one.shown, share) for one, share in scheme.coordinators.values()]
        version = scheme.known.version if scheme.known else None
        sha.update(repr((values, sorted(scheme.territories), people, version)).encode())
    return sha.hexdigest()
