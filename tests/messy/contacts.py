"""Who is in the contacts workbook: people on several lines, people who look like one and are not, everyone else."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.messy import cells, words
from tests.messy.cast import Cast, Organisation, Person, organisations
from tests.messy.rows import Row, Scribe
from tests.messy.text import fold, respelled, slug, unaccented


NICKNAMES = [
    ("Catherine", "Cathy"),
    ("Frédéric", "Fred"),
    ("Isabelle", "Isa"),
    ("Jean-Pierre", "J.-P."),
    ("Stéphanie", "Steph"),
    ("Alexandre", "Alex"),
]
NEAR_NAMES = [("Lefebvre", "Lefevre"), ("Thibault", "Thibaut"), ("Guillaume", "Guilaume"), ("Marchand", "Marchant"), ("Collin", "Colin"), ("Schneider", "Schnieder")]  # fmt: skip
SHARED_BOXES = ["contact", "mairie", "sante", "accueil", "secretariat", "info"]


@dataclass
class Book:
    """The lines before they are put in order, and the pairs that must be proposed, or must not be merged."""

    rows: list[Row] = field(default_factory=list)
    uncertain: list[tuple[Row, Row]] = field(default_factory=list)
    homonyms: list[tuple[Row, Row]] = field(default_factory=list)
    shared: dict[str, list[Row]] = field(default_factory=dict)
    uncertain_organisations: list[tuple[str, str]] = field(default_factory=list)
    people: list[tuple[Person, Row]] = field(default_factory=list)


class Composer:
    """Adds the cases one family at a time, then fills up with ordinary messy lines."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.cast = Cast(self.rng, seed)
        self.scribe = Scribe(self.rng)
        self.organisations = organisations(self.rng)
        self.book = Book()

    def add_people(self) -> None:
        self.twins()
        self.conflicts()
        self.shared_mailboxes()
        self.homonyms()
        self.uncertain_pairs()
        self.uncertain_organisations()

    def fill(self, rows: int) -> None:
        """Ordinary messy lines up to this number."""
        while len(self.book.rows) < rows:
            self.add(self.someone())

    # -- the hands ------------------------------------------------------------------------------------

    def somewhere(self) -> Organisation:
        return self.rng.choices(
            self.organisations, [organisation.size for organisation in self.organisations]
        )[0]

    def someone(self, *, organisation: Organisation | None = None, email: bool = False) -> Person:
        """A new person, alone in one case of twenty; `email` asks for exactly one address."""
        if organisation is None and (email or self.rng.random() > 0.05):
            organisation = self.somewhere()
        person = self.cast.person(organisation)
        if email:
            person.emails = [self.cast.email(person)]
        return person

    def add(
        self, person: Person, *, tag: str = "", tidy: bool = False, edit: Callable[[Row], None] | None = None
    ) -> Row:
        row = self.scribe.person(person, tidy=tidy)
        if person.organisation is None:
            row.cells.setdefault("category", self.rng.choice(words.CATEGORY_SPELLINGS["À titre individuel"]))
            row.reading.setdefault("category", "À titre individuel")
        if tag:
            row.tags.append(tag)
        if edit is not None:
            edit(row)
        self.book.rows.append(row)
        self.book.people.append((person, row))
        return row

    def again(
        self, person: Person, *, tag: str, email: str = "", organisation: Organisation | None = None,
        last_name: str | None = None, first_name: str | None = None, group: object = None,
    ) -> Row:  # fmt: skip
        """A shorter second line about someone: another spelling of the name, few other cells."""
        last = person.last_name if last_name is None else last_name
        first = person.first_name if first_name is None else first_name
        row = Row(
            "person", person.organisation.section if person.organisation else "AUT", group=group or person
        )
        row.reading = {"last_name": last, "first_name": first}
        row.cells = {
            "last_name": self.rng.choice(
                [last.upper(), unaccented(last), unaccented(last).upper(), last + " "]
            ),
            "first_name": self.rng.choice([first, unaccented(first), first.upper()]),
        }
        if organisation is not None:
            row.cells["organisation"] = respelled(self.rng, organisation.name)
            row.reading["organisation"] = organisation.key
        if email:
            row.cells["email"] = self.rng.choice(
                [email.upper(), email.title(), email + " ", f"mailto:{email}"]
            )
            row.reading["emails"] = [email]
        row.tags.append(tag)
        self.book.rows.append(row)
        return row

    # -- one person on several lines ------------------------------------------------------------------

    def twins(self) -> None:
        """The same person twice or thrice: lists add up, blanks are filled, nothing contradicts."""
        for number in range(28):
            person = self.someone(email=True)
            self.add(person, tag="same_email")
            twin = self.again(
                person,
                tag="same_email",
                email=person.emails[0],
                organisation=person.organisation if number % 5 < 3 else None,
            )
            if number % 4 == 0:
                self._more(twin, person)
            if number in {3, 4}:
                self.again(person, tag="third_line", email=person.emails[0])
        for number in range(22):
            person = self.someone(organisation=self.somewhere())
            self.add(person, tag="same_name_and_organisation")
            twin = self.again(person, tag="same_name_and_organisation", organisation=person.organisation)
            if number % 4 == 0:
                self._more(twin, person)
            if number in {1, 5, 9, 13, 17}:
                other = f"{slug(person.first_name)[0]}{slug(person.last_name)}@perso.example"
                twin.cells["email"], twin.reading["emails"] = other, [other]
                twin.tags.append("second_address")
        for number in range(7):
            person = self.someone(email=True)
            first, second = ("consent", "opposed") if number % 2 else ("opposed", "consent")
            person.newsletter = first
            self.add(person, tag="refusal_and_consent")
            twin = self.again(person, tag="refusal_and_consent", email=person.emails[0])
            self.scribe.newsletter(twin, second)
        for _ in range(2):
            person = self.someone(email=True)
            self.add(person, tag="address_alone")
            alone = self.again(person, tag="address_alone", email=person.emails[0])
            alone.cells = {"email": alone.cells["email"]}
            alone.reading |= {"last_name": "", "first_name": ""}
        for _ in range(3):
            person = self.someone(email=True)
            self.add(person, tag="initial", tidy=True)
            initial = person.first_name[0] + "."
            self.again(person, tag="initial", email=person.emails[0], first_name=initial)
        for _ in range(2):
            person = self.someone(email=True)
            self.add(person, tag="swapped", tidy=True)
            self.again(
                person,
                tag="swapped",
                email=person.emails[0],
                last_name=person.first_name,
                first_name=person.last_name,
            )
        for _ in range(2):
            person = self.someone(email=True)
            person.emails.append(f"{slug(person.last_name)}@perso.example")
            self.add(person, tag="either_address")
            self.again(person, tag="either_address", email=person.emails[1])

    def _more(self, twin: Row, person: Person) -> None:
        """The second line knows a phone and a theme that the first does not."""
        number = self.cast.phones.take(person.place.department if person.place else "75", mobile=True)
        twin.cells["mobile"] = cells.phone_cell(self.rng, number)
        twin.reading["phones"] = [cells.e164(number)]
        key = next(key for key in words.FREQUENT_THEMES if key not in person.themes)
        twin.cells["themes"] = cells.theme_cell(self.rng, [key])
        twin.reading["themes"] = [key]

    def conflicts(self) -> None:
        """The same person with two titles, or under two organisations: the first line holds, the other is shown."""
        for number in range(9):
            person = self.someone(organisation=self.rng.choice(self.organisations[:70]), email=True)
            person.title = "Directrice" if person.madam else "Directeur"
            same = number % 3 == 0

            def edit(row: Row, title: str = person.title) -> None:
                row.cells["title"] = row.reading["title"] = title
                row.reading["function"] = "Directeur·rice"
                row.reading.pop("function_likely", None)

            self.add(person, tag="same_title" if same else "two_titles", edit=edit)
            twin = self.again(
                person,
                tag="same_title" if same else "two_titles",
                email=person.emails[0],
                organisation=person.organisation,
            )
            title = (
                "Directeur·rice"
                if same
                else "Chargée de mission santé"
                if person.madam
                else "Chargé de mission santé"
            )
            twin.cells["title"] = twin.reading["title"] = title
            twin.reading["function" if same else "function_likely"] = (
                "Directeur·rice" if same else "Chargé·e de mission ou de projets"
            )
        for organisation in self.organisations[2:5]:
            person = self.someone(email=True)
            self.add(person, tag="two_organisations")
            self.again(person, tag="two_organisations", email=person.emails[0], organisation=organisation)
            self.add(self.someone(organisation=organisation))

    # -- people who are not one -----------------------------------------------------------------------

    def shared_mailboxes(self) -> None:
        chosen = self.rng.sample(self.organisations[:200], 17)
        for number, organisation in enumerate(chosen):
            box = f"{SHARED_BOXES[number % len(SHARED_BOXES)]}@{organisation.domain}"
            for position in range(2 + number % 3):
                person = self.someone(organisation=organisation, email=True)
                if number >= 14:
                    box = person.emails[0] if position == 0 else box
                person.emails = [box]
                person.newsletter = self.rng.choice([None, "consent"])
                self.book.shared.setdefault(box, []).append(self.add(person, tag="shared_mailbox"))
            if number % 3 == 0:
                row = self.scribe.organisation(organisation, email=box)
                row.tags.append("shared_mailbox")
                self.book.rows.append(row)
                self.book.shared[box].append(row)

    def homonyms(self) -> None:
        for number in range(13):
            person = self.someone(email=True)
            other = self.someone(email=True)
            while not self.cast.fits(person.last_name, other.organisation):
                other = self.someone(email=True)
            other.last_name, other.first_name, other.madam = person.last_name, person.first_name, person.madam
            if other.organisation is not None:
                other.organisation.last_names.add(fold(other.last_name))
            other.emails = [self.cast.email(other)] if number % 4 else []
            other.title = ""
            if not number % 4:
                person.emails = []
            pair = self.add(person, tag="homonym"), self.add(other, tag="homonym", tidy=True)
            self.book.homonyms.append(pair)

    def uncertain_pairs(self) -> None:
        """Two lines that may be one person: both enter, the pair is proposed."""
        for last, near in NEAR_NAMES:
            person = self._called(last)
            self._pair(person, last_name=near, tag="near_name")
        for first, short in NICKNAMES:
            person = self.someone(email=True)
            person.first_name = first
            person.emails = [self.cast.email(person)]
            self._pair(person, first_name=short, tag="nickname")
        for compound in ["Martin-Duval", "Petit-Renard"]:
            person = self._called(compound.split("-")[0])
            self._pair(person, last_name=compound, tag="compound_name")
        for _ in range(3):
            person = self.someone(email=True)
            self._pair(person, alone=True, tag="no_organisation")

    def _called(self, last_name: str) -> Person:
        """A new person of this last name, where nobody has one like it."""
        person = self.someone(email=True)
        while not self.cast.fits(last_name, person.organisation):
            person = self.someone(email=True)
        person.last_name = last_name
        person.emails = [self.cast.email(person)]
        if person.organisation is not None:
            person.organisation.last_names.add(fold(last_name))
        return person

    def _pair(
        self,
        person: Person,
        *,
        tag: str,
        last_name: str | None = None,
        first_name: str | None = None,
        alone: bool = False,
    ) -> None:
        row = self.add(person, tag=tag, tidy=True)
        other = self.again(
            person, tag=tag, last_name=last_name, first_name=first_name,
            organisation=None if alone else person.organisation, group=object(),
        )  # fmt: skip
        self.book.uncertain.append((row, other))

    def uncertain_organisations(self) -> None:
        """« Mairie de X » beside « Ville de X », and a misspelt name: two organisations, proposed as one."""
        towns = [
            organisation for organisation in self.organisations if organisation.name.startswith("Ville d")
        ]
        for number, town in enumerate([*towns[:4], *towns[20:23]]):
            word = "Commune" if number % 3 == 2 else "Mairie"
            other = replace(town, name=town.name.replace("Ville", word, 1), last_names=set())
            self._beside(town, other)
            if number in {1, 4, 5}:
                person = self.someone(organisation=town, email=True)
                row = self.add(person, tag="town_and_hall", tidy=True)
                twin = self.again(person, tag="town_and_hall", organisation=other, group=object())
                self.book.uncertain.append((row, twin))
        for name, wrong in [
            ("Promotion Santé Bretagne", "Promotion Santé Bretange"),
            ("Nantes Métropole", "Nantes Métropoles"),
        ]:
            right = next(organisation for organisation in self.organisations if organisation.name == name)
            self._beside(right, replace(right, name=wrong, last_names=set()))

    def _beside(self, one: Organisation, other: Organisation) -> None:
        for _ in range(2):
            self.add(self.someone(organisation=other))
        self.add(self.someone(organisation=one))
        self.book.uncertain_organisations.append((one.key, other.key))
