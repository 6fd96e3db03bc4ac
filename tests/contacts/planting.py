"""A small network in which every text is a token of its own, and who may read each: what the tests of leaks share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile

from contacts import merging
from contacts.models import Channel, Contact, ContactFile, Scheme
from crm.models import User
from crm.roles import Role
from tests.factories import (
    ChannelFactory,
    ConsentFactory,
    ContactAliasFactory,
    CoordinationFactory,
    InteractionFactory,
    LinkFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    SchemeFactory,
    UserFactory,
)


ORDINARY, PRIVATE, NOTES, DECISIONS, FILES = "ordinary", "private", "notes", "decisions", "files"
# By hand, from what the association decided (DESIGN §4), and not from the code: which kinds of text each role reads.
READS = {
    None: set(),
    Role.READER: {ORDINARY},
    Role.BOARD: {ORDINARY},
    Role.STAFF: {ORDINARY, PRIVATE, NOTES, DECISIONS, FILES},
    Role.MANAGER: {ORDINARY, PRIVATE, NOTES, DECISIONS, FILES},
}


@dataclass(frozen=True)
class Token:
    """A text that stands in one field of one record only."""

    text: str
    where: str
    kind: str
    confidential: bool

    def may_be_read_by(self, role: Role | None) -> bool:
        return self.kind in READS[role] and (not self.confidential or role is Role.MANAGER)


@dataclass
class World:
    """The records and their tokens. The confidential ones belong to `owner`, a member of the staff."""

    owner: User
    tokens: list[Token] = field(default_factory=list)
    people: list[Contact] = field(default_factory=list)
    organisations: list[Contact] = field(default_factory=list)
    schemes: list[Scheme] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def contacts(self) -> list[Contact]:
        return [*self.people, *self.organisations]

    @property
    def hidden(self) -> list[Contact]:
        return [one for one in self.contacts if one.is_confidential]

    def token(self, where: str, kind: str, confidential: bool, form: str = "zk{}qx") -> str:
        text = form.format(f"{next(self._numbers):04}")
        self.tokens.append(Token(text, where, kind, confidential))
        return text

    def confidential_tokens(self) -> list[Token]:
        return [one for one in self.tokens if one.confidential]


def plant() -> World:
    """Two people and two organisations, one of each confidential, tied to each other in every way, and two schemes."""
    world = World(UserFactory(role=Role.STAFF))
    for confidential in (False, True):
        world.organisations.append(_organisation(world, confidential))
        world.people.append(_person(world, confidential))
    (person, hidden), (place, hidden_place) = world.people, world.organisations
    PositionFactory(
        person=person, organisation=place, title=world.token("post", ORDINARY, False), is_main=True
    )
    PositionFactory(
        person=hidden, organisation=place, title=world.token("post", ORDINARY, True), is_main=True
    )
    PositionFactory(person=person, organisation=hidden_place, title=world.token("post", ORDINARY, True))
    for one, other, secret in (
        (place, person, False),
        (place, hidden, True),
        (person, hidden, True),
        (hidden_place, place, True),
    ):
        LinkFactory(contact=one, other=other, comment=world.token("link", ORDINARY, secret))
    place.parent = hidden_place
    place.save()
    for lead, coordinator in ((place, hidden), (hidden_place, person)):
        scheme = SchemeFactory(
            name=world.token("scheme.name", ORDINARY, False),
            notes=world.token("scheme.notes", NOTES, False),
            lead=lead,
            elected_official=hidden,
        )
        CoordinationFactory(scheme=scheme, person=coordinator)
        world.schemes.append(scheme)
    absorbed = PersonFactory(
        name=world.token("absorbed.name", ORDINARY, True), is_confidential=True, owner=world.owner
    )
    merging.merge(absorbed, into=hidden, by=world.owner)
    for one in world.contacts:
        one.refresh_from_db()
    return world


def _person(world: World, confidential: bool) -> Contact:
    return _hang(
        world,
        PersonFactory(
            name=world.token("name", ORDINARY, confidential),
            first_name=world.token("first_name", ORDINARY, confidential),
            city=world.token("city", ORDINARY, confidential),
            notes=world.token("notes", NOTES, confidential),
            is_confidential=confidential,
            owner=world.owner if confidential else None,
        ),
    )


def _organisation(world: World, confidential: bool) -> Contact:
    return _hang(
        world,
        OrganisationFactory(
            name=world.token("name", ORDINARY, confidential),
            sigle=world.token("sigle", ORDINARY, confidential),
            notes=world.token("notes", NOTES, confidential),
            is_confidential=confidential,
            owner=world.owner if confidential else None,
        ),
    )


def _hang(world: World, contact: Contact) -> Contact:
    """Open and private addresses, names, exchanges, decisions and a file; what was written is in the history too."""
    secret = contact.is_confidential
    for kind, private in ((PRIVATE, True), (ORDINARY, False)):  # the main one is the private one
        address = world.token("email", kind, secret, "zk{}qx@exemple.org")
        number = world.token("phone", kind, secret, "01 86 65 {}")
        number = f"{number[:-2]} {number[-2:]}"
        world.tokens[-1] = Token(number, "phone", kind, secret)
        ChannelFactory(contact=contact, value=address, is_private=private, is_main=private)
        ChannelFactory(
            contact=contact, kind=Channel.Kind.PHONE, value=number, is_private=private, is_main=private
        )
    ContactAliasFactory(contact=contact, text=world.token("alias", ORDINARY, secret))
    InteractionFactory(contact=contact, summary=world.token("exchange", NOTES, secret))
    ConsentFactory(contact=contact, source=world.token("consent", DECISIONS, secret), purpose="surveys")
    OppositionFactory(contact=contact, source=world.token("opposition", DECISIONS, secret))
    name = world.token("file", FILES, secret, "zk{}qx.txt")
    text = world.token("file.description", FILES, secret)
    ContactFile.objects.create(contact=contact, name=name, description=text, file=ContentFile(b"x", "x.txt"))
    contact.refresh_from_db()
    old = contact.city
    contact.city = world.token("city before", ORDINARY, secret)
    contact.save()
    contact.city = old
    contact.notes, notes = world.token("notes before", NOTES, secret), contact.notes
    contact.save()
    contact.notes = notes
    contact.save()
    return contact


def found_in(text: str, tokens: list[Token]) -> set[Token]:
    return {token for token in tokens if token.text in text}


def unfit(found: set[Token], role: Role | None) -> set[tuple[str, Any]]:
    """Those that this role should not have met."""
    return {(token.where, token.confidential) for token in found if not token.may_be_read_by(role)}
