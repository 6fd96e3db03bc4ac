"""Reads one line of a file of contacts into what it says. Nothing is compared with the base here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from contacts.importing import cells
from contacts.importing.cells import Cell
from contacts.importing.days import read_day
from contacts.importing.names import (
    LONGEST_FIRST_NAME,
    LONGEST_NAME,
    NOBODY,
    Name,
    civility,
    full_name,
    has_letter,
    name_of,
)
from contacts.importing.phones import Phone, phones, says_nothing
from contacts.importing.readings import LONGEST, PURPOSES, Lists, Reading
from contacts.importing.schemes.mentions import mentions
from contacts.importing.terms import Term
from contacts.models import Contact
from crm.folding import fold_name
from crm.importing import Heading, Problem


_ORGANISATIONS = frozenset({"structure", "organisation", "organisme", "personne morale", "association"})
_STATES = {
    **dict.fromkeys(["active", "actif", "en poste", "oui"], Contact.State.ACTIVE),
    **dict.fromkeys(
        [
            "a quitte le champ",
            "parti",
            "partie",
            "a quitte",
            "quitte",
            "retraite",
            "retraitee",
            "en retraite",
        ],
        Contact.State.LEFT,
    ),
    **dict.fromkeys(["decede", "decedee"], Contact.State.DECEASED),
}


class Reader:
    """Reads the lines of one file, whose columns are settled."""

    def __init__(
        self, headings: Sequence[Heading], lists: Lists, label_of: Callable[[str], str], on: date
    ) -> None:
        self.lists, self.label_of, self.on = lists, label_of, on
        self.places: dict[str, list[int]] = {}
        for heading in headings:
            if heading.column:
                self.places.setdefault(heading.column, []).append(heading.place)
        self.texts = {heading.place: heading.text.strip() for heading in headings}
        notes = self.places.get("notes", [])
        plain = {"notes", "commentaires", "commentaire", "observations", "remarques"}
        self.named_notes = {place for place in notes if fold_name(self.texts[place]) not in plain}

    def who(self, number: int, row: Sequence[Cell]) -> Reading:
        """Only whom and what this line names: enough to ask the base what it knows of them."""
        reading = Reading(number)
        self._identity(reading, row)
        self._reach(reading, row)
        reading.sigle, reading.siret = self._line(row, "sigle"), cells.siret(self._line(row, "siret"))
        return reading

    def read(self, number: int, row: Sequence[Cell]) -> Reading:
        """What this line says; `rejected` when nothing says who, or a name is too long to be one."""
        reading = Reading(number)
        self._identity(reading, row)
        self._reach(reading, row)
        if reading.rejected or not self._says_who(reading):
            return reading
        self._place(reading, row)
        self._phones(reading, row)
        self._work(reading, row)
        self._lists(reading, row)
        self._answers(reading, row)
        self._days(reading, row)
        self._state(reading, row)
        self._notes(reading, row)
        return reading

    # -- cells ------------------------------------------------------------------------------------------

    def _line(self, row: Sequence[Cell], key: str) -> str:
        for place in self.places.get(key, ()):
            if text := cells.line(row[place]):
                return text
        return ""

    def _each(self, row: Sequence[Cell], *keys: str) -> list[tuple[str, int, Cell]]:
        return [
            (key, place, row[place])
            for key in keys
            for place in self.places.get(key, ())
            if row[place] is not None
        ]

    def _tell(self, reading: Reading, key: str, reason: str, place: int | None = None) -> None:
        column = self.texts[place] if place is not None else self.label_of(key)
        reading.problems.append(Problem(reading.number, column, reason))

    def _keep(self, reading: Reading, key: str, text: str, place: int | None = None) -> None:
        """What no column can hold is in the notes, under its heading: nothing is lost."""
        heading = self.texts[place] if place is not None else self.label_of(key)
        reading.notes.append(_("%(heading)s : %(text)s") % {"heading": heading, "text": text})

    def _fitting(self, reading: Reading, key: str, text: str) -> str:
        if len(text) <= LONGEST[key]:
            return text
        self._tell(reading, key, _("Ce texte est trop long pour sa colonne : il est gardé dans les notes."))
        self._keep(reading, key, text)
        return ""

    # -- who --------------------------------------------------------------------------------------------

    def _identity(self, reading: Reading, row: Sequence[Cell]) -> None:
        last, first = self._line(row, "last_name"), self._line(row, "first_name")
        name = name_of(last, first)
        if not name.last and not name.first:
            if both := self._line(row, "full_name"):
                name = full_name(both)
            elif both := self._line(row, "full_name_first"):
                name = full_name(both, first_name_first=True)
        record = self._line(row, "record")
        reading.record = int(record) if record.isdecimal() and len(record) < 16 else 0
        title = self._line(row, "civility")
        said = civility(title) or name.civility
        if title and not civility(title) and has_letter(title):
            self._keep(reading, "civility", title)
        reading.name = Name(name.last, name.first, said)
        reading.organisation = self._line(row, "organisation")
        if not reading.organisation and fold_name(self._line(row, "kind")) in _ORGANISATIONS:
            reading.organisation, name, reading.name = last or self._line(row, "full_name"), NOBODY, NOBODY
        if not has_letter(reading.organisation) and not any(sign.isdigit() for sign in reading.organisation):
            reading.organisation = ""
        for text, longest, key in (
            (name.last, LONGEST_NAME, "last_name"),
            (name.first, LONGEST_FIRST_NAME, "first_name"),
            (reading.organisation, LONGEST_NAME, "organisation"),
        ):
            if len(text) > longest:
                told = _("Ce nom compte plus de %(n)s caractères.") % {"n": longest}
                reading.rejected = Problem(reading.number, self.label_of(key), told)
                return

    def _reach(self, reading: Reading, row: Sequence[Cell]) -> None:
        found: dict[str, None] = {}
        private: set[str] = set()
        for key, place, cell in self._each(row, "email", "personal_email"):
            read = cells.emails(cell)
            found.update(dict.fromkeys(read.addresses))
            if key == "personal_email":
                private.update(read.addresses)
            if read.rest:
                self._tell(
                    reading,
                    key,
                    _("« %(text)s » n’est pas une adresse e-mail.") % {"text": read.rest[:80]},
                    place,
                )
                if not says_nothing(read.rest):
                    self._keep(reading, key, read.rest, place)
        reading.emails, reading.private = tuple(found), frozenset(private)

    def _says_who(self, reading: Reading) -> bool:
        if reading.name.last or reading.name.first or reading.organisation or reading.emails:
            return True
        key = (
            "last_name"
            if "last_name" in self.places
            else "full_name"
            if "full_name" in self.places
            else "last_name"
        )
        told = _("Rien ne dit qui c’est : ni nom, ni structure, ni e-mail lisible.")
        reading.rejected = Problem(reading.number, self.label_of(key), told)
        return False

    # -- where ------------------------------------------------------------------------------------------

    def _place(self, reading: Reading, row: Sequence[Cell]) -> None:
        territory = " ; ".join(cells.line(cell) for _key, _place, cell in self._each(row, "territory"))
        postcode = cells.postcode(row[self.places["postcode"][0]]) if "postcode" in self.places else ""
        city = self._line(row, "city")
        where = self.lists.atlas.where(
            city=city,
            postcode=postcode,
            department=self._line(row, "department"),
            region=self._line(row, "region"),
            territory=territory,
        )
        reading.where, reading.own_territory = where, bool(territory)
        if where.reason:
            self._tell(reading, where.column, where.reason)
            if where.column in {"territory", "department", "region"} and not says_nothing(where.text):
                self._keep(
                    reading,
                    where.column,
                    self._line(row, where.column) if where.column != "territory" else territory,
                )
        streets = [" ".join(cells.lines(cell).split()) for _key, _place, cell in self._each(row, "street")]
        reading.street = self._fitting(reading, "street", ", ".join(filter(None, streets)))
        reading.postcode = self._fitting(reading, "postcode", postcode)
        reading.city = self._fitting(reading, "city", city)
        if website := self._line(row, "website"):
            reading.website = _url(website)
            if not reading.website:
                self._tell(
                    reading,
                    "website",
                    _("« %(text)s » n’est pas une adresse de site.") % {"text": website[:80]},
                )
                self._keep(reading, "website", website)

    def _phones(self, reading: Reading, row: Sequence[Cell]) -> None:
        found: dict[str, Phone] = {}
        private = set(reading.private)
        for key, place, cell in self._each(row, "phone", "mobile", "personal_phone"):
            read = phones(cell, department=reading.where.department)
            for phone in read.numbers:
                found.setdefault(phone.key, phone)
                if key == "personal_phone":
                    private.add(phone.key)
            if read.rest:
                told = _("« %(text)s » n’est pas un numéro de téléphone.") % {"text": read.rest[:80]}
                self._tell(reading, key, told, place)
                if not says_nothing(read.rest):
                    self._keep(reading, key, read.rest, place)
        reading.phones, reading.private = tuple(found.values()), frozenset(private)

    # -- what -------------------------------------------------------------------------------------------

    def _work(self, reading: Reading, row: Sequence[Cell]) -> None:
        lists, number = self.lists, reading.number
        reading.sigle = self._fitting(reading, "sigle", self._line(row, "sigle"))
        if written := self._line(row, "siret"):
            reading.siret = cells.siret(written)
            if not reading.siret:
                self._tell(reading, "siret", _("Un SIRET compte 14 chiffres."))
                self._keep(reading, "siret", written)
        title = self._line(row, "title")
        if not reading.is_person:
            if title:
                self._keep(reading, "title", title)
            if service := self._line(row, "service"):
                self._keep(reading, "service", service)
            return
        reading.title = self._fitting(reading, "title", title) if not says_nothing(title) else ""
        if stated := self._line(row, "function"):
            reading.function = lists.functions.one(stated, number)
            reading.function_stated = True
        elif reading.title:
            reading.function = lists.titles.one(reading.title, number)
        if service := self._line(row, "service"):
            reading.service = lists.services.one(service, number)
            if reading.service is None:
                self._keep(reading, "service", service)
            elif not (reading.organisation or reading.title or reading.function is not None):
                reading.service = None
                self._keep(reading, "service", service)

    def _lists(self, reading: Reading, row: Sequence[Cell]) -> None:
        lists, number = self.lists, reading.number
        themes: dict[Term, None] = {}
        for _key, _place, cell in self._each(row, "themes"):
            themes.update(dict.fromkeys(lists.themes.several(cells.lines(cell), number)))
        reading.themes = tuple(themes)
        labels: dict[str, str] = {}
        for _key, _place, cell in self._each(row, "labels"):
            for text in _split_labels(cells.lines(cell)):
                labels.setdefault(fold_name(text), text)
        for _key, place, cell in self._each(row, "scheme"):
            text = cells.line(cell)
            found = mentions(text, lists.scheme_types, lists.atlas, department=reading.where.department)
            reading.mentions = (*reading.mentions, *found.mentions)
            for sigle in found.types:
                labels.setdefault(fold_name(sigle), sigle)
            if found.says_more:
                reading.schemes = (*reading.schemes, (self.texts[place], text))
        reading.labels = tuple(labels.values())
        if (category := self._line(row, "category")) and not says_nothing(category):
            reading.category = lists.categories.one(category, number)
        if source := self._line(row, "source"):
            reading.source = lists.sources.one(source, number)
            if reading.source is None:
                self._keep(reading, "source", source)

    def _answers(self, reading: Reading, row: Sequence[Cell]) -> None:
        answers: dict[str, bool] = {}
        for key, purpose in PURPOSES.items():
            if key not in self.places:
                continue
            cell = row[self.places[key][0]]
            said = cells.answer(cell) if cell is not None else cells.Answer()
            if said.value is not None:
                answers[purpose.value] = said.value
            elif said.unclear and not (
                key == "referrals" and fold_name(cells.line(cell)).startswith("a demander")
            ):
                told = _("« %(text)s » n’est ni un oui ni un non : rien n’est noté.") % {
                    "text": cells.line(cell)[:80]
                }
                self._tell(reading, key, told)
        if answers:
            reading.answers = answers

    def _days(self, reading: Reading, row: Sequence[Cell]) -> None:
        for key in ("verified_on", "collected_on"):
            if key not in self.places:
                continue
            read = read_day(row[self.places[key][0]])
            found = read.day
            if found and found > self.on:
                self._tell(reading, key, _("Cette date est à venir : elle n’est pas reprise."))
                found = None
            elif read.rest:
                self._tell(
                    reading, key, _("« %(text)s » n’est pas une date lisible.") % {"text": read.rest[:80]}
                )
                if not says_nothing(read.rest):
                    self._keep(reading, key, read.rest)
            setattr(reading, key, found)

    def _state(self, reading: Reading, row: Sequence[Cell]) -> None:
        if not (text := self._line(row, "state")):
            return
        reading.state = _STATES.get(fold_name(text), "")
        if not reading.state and not says_nothing(text):
            self._tell(reading, "state", _("« %(text)s » n’est pas un état connu.") % {"text": text[:80]})
            self._keep(reading, "state", text)

    def _notes(self, reading: Reading, row: Sequence[Cell]) -> None:
        for key, place, cell in self._each(row, "notes"):
            text = cells.lines(cell)
            if place in self.named_notes:
                self._keep(reading, key, text, place)
            elif text:
                reading.notes.insert(0, text)


_valid_url = URLValidator(schemes=["http", "https"])


@lru_cache(maxsize=4_096)
def _url(text: str) -> str:
    """A site's address with its scheme, or an empty string."""
    url = text if "://" in text else f"https://{text}"
    try:
        _valid_url(url)
    except ValidationError:
        return ""
    return url if len(url) <= LONGEST["website"] else ""


def _split_labels(text: str) -> list[str]:
    parts = (
        part.strip() for chunk in text.split("\n") for piece in chunk.split(";") for part in piece.split(",")
    )
    return [part[:150] for part in parts if part and has_letter(part)]
