"""Reads one line of a file of schemes into what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contacts.importing import cells
from contacts.importing.cells import Cell
from contacts.importing.days import read_day
from contacts.importing.names import Name, full_name, has_letter
from contacts.importing.phones import says_nothing
from contacts.importing.places import Atlas
from contacts.importing.terms import Term, Vocabulary
from contacts.models import Coordination, Scheme
from contacts.territories.gazetteer import Place
from crm.folding import fold, fold_name
from crm.importing import Heading, Problem


LONGEST_NAME = 200
State = Scheme.State
Share = Coordination.Share

_STATES = {
    **dict.fromkeys(["en projet", "projet", "planifie", "a venir", "prevu", "en preparation", "en construction"], State.PLANNED),
    **dict.fromkeys(["en activite", "en cours", "actif", "signe", "active", "ouvert", "oui", "en vigueur", "mis en oeuvre", "en place"], State.RUNNING),
    **dict.fromkeys(["en renouvellement", "renouvellement", "en cours de renouvellement", "a renouveler"], State.RENEWING),
    **dict.fromkeys(["suspendu", "en pause", "pause", "en suspens", "en veille", "arrete temporairement"], State.SUSPENDED),
    **dict.fromkeys(["termine", "clos", "fini", "acheve", "echu", "ancien", "ferme", "expire", "cloture"], State.ENDED),
}  # fmt: skip
_SHARES = {
    **dict.fromkeys(["temps plein", "tp", "plein temps", "temps complet"], Share.FULL),
    **dict.fromkeys(["mi temps", "mi temps et plus", "mi temps ou plus"], Share.HALF_OR_MORE),
    **dict.fromkeys(["moins d un mi temps", "moins du mi temps", "quart temps"], Share.UNDER_HALF),
}
_NUMBER = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(%|etp|equivalent temps plein|jours?|j)?(?:\s*par semaine)?", re.IGNORECASE
)
_BETWEEN = re.compile(r"[;\n/&+]|\s+et\s+|\s+-\s+", re.IGNORECASE)
# Words of a function or of a vacancy: a cell that holds one of them without a name names nobody.
_NOBODY = frozenset(
    [
        "maire",
        "vacant",
        "vacante",
        "poste",
        "recrutement",
        "designer",
        "nommer",
        "pourvoir",
        "cours",
        "remplacement",
        "inconnu",
        "president",
        "presidente",
        "adjoint",
        "adjointe",
        "elu",
        "elue",
        "a",
        "le",
        "la",
        "monsieur",
        "madame",
        "definir",
        "determiner",
        "attente",
        "aucun",
        "aucune",
        "neant",
        "venir",
        "prefet",
    ]
)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a cell names, and what follows the name (« adjointe à la santé »)."""

    name: Name
    title: str = ""


@dataclass(slots=True)
class SchemeReading:
    """What one line says of a scheme."""

    number: int
    type: int | None = None
    name: str = ""
    territories: tuple[Place, ...] = ()
    lead: str = ""
    service: Term | None = None
    coordinators: tuple[Named, ...] = ()
    email: str = ""
    share: str = Share.UNKNOWN
    state: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    elected: Named | None = None
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rejected: Problem | None = None


class SchemeReader:
    """Reads the lines of one file of schemes."""

    def __init__(
        self,
        headings: Sequence[Heading],
        *,
        types: Vocabulary,
        services: Vocabulary,
        atlas: Atlas,
        label_of: Callable[[str], str],
    ) -> None:
        self.types, self.services, self.atlas, self.label_of = types, services, atlas, label_of
        self.places: dict[str, list[int]] = {}
        for heading in headings:
            if heading.column:
                self.places.setdefault(heading.column, []).append(heading.place)

    def read(self, number: int, row: Sequence[Cell]) -> SchemeReading:
        """What this line says; `rejected` without a known type or a name."""
        reading = SchemeReading(number)
        self._what(reading, row)
        if reading.rejected:
            return reading
        self._where(reading, row)
        self._who(reading, row)
        self._how(reading, row)
        self._when(reading, row)
        for place in self.places.get("notes", ()):
            if text := cells.lines(row[place]):
                reading.notes.append(text)
        return reading

    def _line(self, row: Sequence[Cell], key: str) -> str:
        return next((text for place in self.places.get(key, ()) if (text := cells.line(row[place]))), "")

    def _cell(self, row: Sequence[Cell], key: str) -> Cell:
        return row[self.places[key][0]] if key in self.places else None

    def _tell(self, reading: SchemeReading, key: str, reason: str) -> None:
        reading.problems.append(Problem(reading.number, self.label_of(key), reason))

    def _keep(self, reading: SchemeReading, key: str, text: str) -> None:
        if text and not says_nothing(text):
            reading.notes.append(_("%(heading)s : %(text)s") % {"heading": self.label_of(key), "text": text})

    def _reject(self, reading: SchemeReading, key: str, reason: str) -> None:
        reading.rejected = Problem(reading.number, self.label_of(key), reason)

    def _what(self, reading: SchemeReading, row: Sequence[Cell]) -> None:
        written = self._line(row, "type")
        if not written or says_nothing(written):
            self._reject(reading, "type", _("Il manque le type de la démarche."))
            return
        term = self.types.one(written, reading.number)
        if not isinstance(term, int):
            told = _("« %(text)s » n’est pas un type de démarche de la liste.") % {"text": written[:80]}
            self._reject(reading, "type", told)
            return
        reading.type = term
        reading.name = self._line(row, "name")
        if not has_letter(reading.name):
            where = self._line(row, "territories")
            sigle = next((code for code, pk in self.types.codes.items() if pk == term), "")
            reading.name = f"{sigle} {where}".strip() if has_letter(where) else ""
        if not reading.name:
            self._reject(reading, "name", _("Rien ne nomme cette démarche : ni intitulé, ni territoire."))
        elif len(reading.name) > LONGEST_NAME:
            self._reject(reading, "name", _("Ce nom compte plus de %(n)s caractères.") % {"n": LONGEST_NAME})

    def _where(self, reading: SchemeReading, row: Sequence[Cell]) -> None:
        text = " ; ".join(
            cells.line(row[place]) for place in self.places.get("territories", ()) if row[place] is not None
        )
        lines = [
            part for part in re.split(r"[\n;]", cells.lines(self._cell(row, "territories"))) if part.strip()
        ]
        text = " ; ".join(part.strip() for part in lines) if len(lines) > 1 else text
        department = self._line(row, "department")
        if not text and not department:
            return
        where = self.atlas.where(territory=text, department=department)
        reading.territories = where.territories
        if where.reason:
            self._tell(reading, "territories" if text else "department", where.reason)
            self._keep(reading, "territories", text)

    def _who(self, reading: SchemeReading, row: Sequence[Cell]) -> None:
        reading.lead = self._line(row, "lead")
        if not has_letter(reading.lead):
            reading.lead = ""
        elif len(reading.lead) > LONGEST_NAME:
            self._tell(reading, "lead", _("Ce nom compte plus de %(n)s caractères.") % {"n": LONGEST_NAME})
            self._keep(reading, "lead", reading.lead)
            reading.lead = ""
        if service := self._line(row, "service"):
            reading.service = self.services.one(service, reading.number)
            if reading.service is None:
                self._keep(reading, "service", service)
        found: list[Named] = []
        for place in self.places.get("coordination", ()):
            text = cells.lines(row[place])
            people = named_in(text)
            if text and not people:
                self._tell(
                    reading, "coordination", _("« %(text)s » ne nomme personne.") % {"text": text[:80]}
                )
                self._keep(reading, "coordination", text)
            found += people
        reading.coordinators = tuple(
            {fold_name(f"{one.name.last} {one.name.first}"): one for one in found}.values()
        )
        if text := cells.lines(self._cell(row, "elected")):
            people = named_in(text)
            reading.elected = people[0] if people else None
            if len(people) != 1:
                if not people:
                    self._tell(reading, "elected", _("« %(text)s » ne nomme personne.") % {"text": text[:80]})
                self._keep(reading, "elected", text)

    def _how(self, reading: SchemeReading, row: Sequence[Cell]) -> None:
        read = cells.emails(self._cell(row, "email"))
        reading.email = next(iter(read.addresses), "")
        if read.rest:
            self._tell(
                reading, "email", _("« %(text)s » n’est pas une adresse e-mail.") % {"text": read.rest[:80]}
            )
        self._keep(reading, "email", " ; ".join([*read.addresses[1:], *([read.rest] if read.rest else [])]))
        share = self._cell(row, "share")
        reading.share = share_of(share)
        if (
            reading.share == Share.UNKNOWN
            and cells.line(share)
            and "connu" not in fold_name(cells.line(share))
        ):
            self._keep(reading, "share", cells.line(share))
        if state := self._line(row, "state"):
            reading.state = state_of(state)
            if reading.state is None and not says_nothing(state):
                self._tell(
                    reading, "state", _("« %(text)s » n’est pas un état connu.") % {"text": state[:80]}
                )
                self._keep(reading, "state", state)

    def _when(self, reading: SchemeReading, row: Sequence[Cell]) -> None:
        for key, last in (("starts_on", False), ("ends_on", True)):
            read = read_day(self._cell(row, key), last=last, year_alone=True)
            if read.rest:
                self._tell(
                    reading, key, _("« %(text)s » n’est pas une date lisible.") % {"text": read.rest[:80]}
                )
                self._keep(reading, key, read.rest)
            setattr(reading, key, read.day)
        if reading.starts_on and reading.ends_on and reading.ends_on < reading.starts_on:
            self._tell(reading, "ends_on", _("La fin précède le début : elle n’est pas reprise."))
            self._keep(reading, "ends_on", cells.line(self._cell(row, "ends_on")))
            reading.ends_on = None


def named_in(text: str) -> list[Named]:
    """The people whom a cell names; « poste vacant », « M. le Maire » name nobody."""
    found: list[Named] = []
    for part in _BETWEEN.split(text):
        who, _comma, title = part.partition(",")
        who = re.sub(r"\([^)]*\)", " ", who).strip(" .:?-")
        if has_letter(title) and len(title.split()) == 1 and len(who.split()) == 1:
            who, title = f"{who} {title}", ""  # « DURAND, Jeanne »
        words = fold_name(who).split()
        if not words or (_NOBODY.intersection(words) and _NOBODY.issuperset(words[1:])) or len(words) < 2:
            continue
        if words[0] in {"poste", "en", "a"} or words[-1] in {"vacant", "vacante", "recrutement"}:
            continue
        name = full_name(" ".join(who.split()))
        if name.last:
            found.append(Named(name, " ".join(title.split())[:250]))
    return found


def share_of(cell: Any) -> str:
    """The share of time that a cell says: words, a percentage, a number of full-time equivalents."""
    if isinstance(cell, bool):
        return Share.UNKNOWN
    if isinstance(cell, int | float):
        return _share(float(cell), percent=cell > 1)
    text = cells.line(cell).lower()
    key = fold_name(text)
    if key in _SHARES:
        return _SHARES[key]
    if match := _NUMBER.fullmatch(text):
        value = float(match[1].replace(",", "."))
        unit = match[2] or ""
        if unit.startswith("j"):
            return _share(value / 5, percent=False)
        return _share(value, percent=unit == "%" or value > 1)
    return Share.UNKNOWN


def _share(value: float, *, percent: bool) -> str:
    value = value / 100 if percent else value
    if not 0 < value <= 1:
        return Share.UNKNOWN
    return Share.FULL if value == 1 else Share.HALF_OR_MORE if value >= 0.5 else Share.UNDER_HALF


def state_of(text: str) -> str | None:
    """The state that a cell says, whatever its gender."""
    key = fold(text)
    for candidate in (key, fold_name(text), key.removesuffix("e"), fold_name(text).removesuffix("e")):
        if candidate in _STATES:
            return _STATES[candidate]
    labels: Mapping[str, str] = {fold(str(state.label)): state for state in State}
    return labels.get(key)
