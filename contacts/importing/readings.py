"""What one line of a file of contacts says, and the closed lists that it is read with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contacts.importing.names import NOBODY, Name
from contacts.importing.phones import Phone
from contacts.importing.places import NOWHERE, Atlas, Where
from contacts.importing.schemes.mentions import Mention
from contacts.importing.terms import Term, Vocabulary
from crm.importing import Problem
from crm.models import Purpose


PURPOSES = {
    "newsletter": Purpose.NEWSLETTER,
    "invitations": Purpose.INVITATIONS,
    "surveys": Purpose.SURVEYS,
    "referrals": Purpose.REFERRALS,
    "association": Purpose.ASSOCIATION,
}
LONGEST = {"title": 250, "street": 300, "city": 120, "postcode": 12, "sigle": 40, "website": 200}
"""What the base holds of each text, in characters: a longer one goes to the notes, and a warning says so."""


@dataclass(slots=True)
class Reading:
    """What one line says. `rejected` says why it cannot enter."""

    number: int
    record: int = 0
    """The number of a record of ours, as our own exports say it."""
    name: Name = NOBODY
    organisation: str = ""
    sigle: str = ""
    siret: str = ""
    title: str = ""
    function: Term | None = None
    function_stated: bool = False
    """Whether a column of functions said it, not the title."""
    service: Term | None = None
    emails: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()
    """Keys of the e-mails and phones that stand in a column of personal ones."""
    phones: tuple[Phone, ...] = ()
    street: str = ""
    postcode: str = ""
    city: str = ""
    website: str = ""
    where: Where = NOWHERE
    own_territory: bool = False
    """Whether a « Territoire d’intervention » was given, which is the person's own whatever the organisation's."""
    themes: Sequence[Term] = ()
    labels: Sequence[str] = ()
    category: Term | None = None
    source: Term | None = None
    answers: Mapping[str, bool] = field(default_factory=dict)
    verified_on: date | None = None
    collected_on: date | None = None
    state: str = ""
    mentions: Sequence[Mention] = ()
    schemes: Sequence[tuple[str, str]] = ()
    """`(heading, text)` of the cells that name schemes: in the notes unless the base knows them all."""
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rejected: Problem | None = None

    @property
    def is_person(self) -> bool:
        return bool(self.name.last or self.name.first or not self.organisation)

    @property
    def label(self) -> str:
        """Who or what the line names, for the page."""
        who = f"{self.name.first} {self.name.last}".strip()
        return ", ".join(part for part in (who, self.organisation) if part) or next(iter(self.emails), "")


class Lists:
    """The closed lists as this file is read, and its atlas."""

    def __init__(self, atlas: Atlas, choices: Mapping[str, Any], label_of: Callable[[str], str]) -> None:
        terms: Mapping[str, Mapping[str, str]] = choices.get("terms", {})
        missing = bool(choices.get("create_missing"))

        def vocabulary(code: str, column: str, *, create: bool = missing) -> Vocabulary:
            return Vocabulary(code, column=label_of(column), choices=terms.get(code), create_missing=create)

        self.atlas = atlas
        self.themes = vocabulary("theme", "themes")
        self.categories = vocabulary("category", "category")
        self.services = vocabulary("service", "service")
        self.sources = vocabulary("source", "source")
        self.scheme_types = vocabulary("scheme_type", "scheme", create=False)
        # A free title is kept as it is written: it makes no term of the list of functions.
        self.titles = vocabulary("function", "title", create=False)
        self.functions = vocabulary("function", "function")
        self.all = [self.themes, self.categories, self.functions, self.titles, self.services, self.sources]
