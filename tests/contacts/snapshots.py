"""Everything a contact is, to be compared before and after a deed; and invented contacts that collide in every way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st

from contacts.models import (
    Channel,
    Consent,
    Contact,
    ContactAlias,
    ContactTerritory,
    Coordination,
    DoublePair,
    Interaction,
    Link,
    Opposition,
    Position,
    Scheme,
    SuppressedAddress,
    Theme,
)
from contacts.moving import rows_on
from crm.models import Purpose
from crm.records import one_act
from tests.factories import (
    LabelFactory,
    OrganisationFactory,
    PersonFactory,
    SchemeFactory,
    SourceFactory,
    TerritoryFactory,
    ThemeFactory,
)


PASSING = {"version", "updated_at"}


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is gone after: one example of a property."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def columns(row: Any) -> dict[str, Any]:
    return {
        one.attname: getattr(row, one.attname)
        for one in row._meta.concrete_fields
        if one.attname not in PASSING
    }


def state_of(contact: Contact) -> dict[Any, Any]:
    """The record, what it is linked to, and each row that hangs on it, derived columns and reach included."""
    contact = Contact.objects.get(pk=contact.pk)
    state: dict[Any, Any] = {"columns": columns(contact)}
    for name in ("themes", "territories", "labels"):
        state[name] = set(getattr(contact, name).values_list("pk", flat=True))
    for rows in rows_on():
        for row in rows.of(contact):
            state[rows.model._meta.label, row.pk] = columns(row)
    state["reach"] = set(ContactTerritory.objects.filter(contact=contact).values_list("territory", "origin"))
    return state


def state_around(*contacts: Contact) -> list[Any]:
    """The state of each, the fingerprints kept, and what was said of pairs."""
    suppressed = set(SuppressedAddress.objects.values_list("fingerprint", "purpose"))
    pairs = {(row.pk, row.first_id, row.second_id, row.verdict) for row in DoublePair.objects.all()}
    return [*(state_of(contact) for contact in contacts), suppressed, pairs]


# --- invented contacts --------------------------------------------------------------------------------

DAYS = [None, date(2015, 1, 1), date(2021, 6, 30)]
PURPOSES = [Purpose.NEWSLETTER, Purpose.SURVEYS]


class Cast:
    """The other records that invented contacts are about; few, so that two contacts meet on the same ones."""

    def __init__(self) -> None:
        self.source = SourceFactory(code="ESSAI")
        self.themes: list[Theme] = [ThemeFactory() for _ in range(3)]
        self.territories = [TerritoryFactory() for _ in range(3)]
        self.labels = [LabelFactory() for _ in range(2)]
        self.organisations = [OrganisationFactory(territories=[self.territories[0]]), OrganisationFactory()]
        self.third = PersonFactory()
        self.schemes: list[Scheme] = [SchemeFactory(territories=[self.territories[1]]), SchemeFactory()]


few = st.integers(0, 2)
flags = st.booleans()
channels = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["email", "phone"]),
            "which": few,
            "is_main": flags,
            "is_private": flags,
            "state": st.sampled_from(["active", "active", "retired", "bounced"]),
            "tied": flags,
        }
    ),
    max_size=4,
    unique_by=lambda one: (one["kind"], one["which"]),
)
positions = st.lists(
    st.fixed_dictionaries(
        {
            "organisation": st.sampled_from([None, 0, 1]),
            "title": st.sampled_from(["Directrice", "Médiateur"]),
            "starts_on": st.sampled_from(DAYS[:2]),
            "ends_on": st.sampled_from([None, DAYS[2]]),
            "is_main": flags,
        }
    ),
    max_size=3,
)
people = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Martin", "Martín", "Durand"]),
        "first_name": st.sampled_from(["Claire", "Clara", ""]),
        "city": st.sampled_from(["", "Lens", "Arras"]),
        "notes": st.sampled_from(["", "Vue en 2020.", "Rappeler."]),
        "needs_check": flags,
        "verified_on": st.sampled_from(DAYS),
        "themes": st.sets(few),
        "territories": st.sets(few),
        "labels": st.sets(st.integers(0, 1)),
        "channels": channels,
        "positions": positions,
        "aliases": st.sets(st.sampled_from(["Claire Dupont", "C. Martin", "Clara Martin"])),
        "links": st.sets(st.sampled_from(["partner", "member"])),
        "linked_by": flags,
        "coordinations": st.lists(
            st.tuples(st.integers(0, 1), st.sampled_from([None, DAYS[2]])), max_size=2, unique=True
        ),
        "consents": st.lists(st.tuples(st.sampled_from(PURPOSES), flags), max_size=2, unique=True),
        "oppositions": st.sets(st.sampled_from(PURPOSES)),
        "interactions": st.integers(0, 2),
    }
)


def invent(cast: Cast, said: dict[str, Any]) -> Contact:
    """A person as `people` says."""
    plain = ("name", "first_name", "city", "notes", "needs_check", "verified_on")
    with one_act():
        person = Contact(kind=Contact.Kind.PERSON, source=cast.source, **{name: said[name] for name in plain})
        person.save()
        for name in ("themes", "territories", "labels"):
            getattr(person, name).set([getattr(cast, name)[place] for place in sorted(said[name])])
        posts = [add_position(cast, person, one) for one in said["positions"]]
        for one in said["channels"]:
            add_channel(person, one, posts)
        for text in sorted(said["aliases"]):
            ContactAlias(contact=person, text=text).save()
        for kind in sorted(said["links"]):
            Link(contact=person, kind=kind, other=cast.third).save()
        if said["linked_by"]:
            Link(contact=cast.third, other=person).save()
        for place, ends_on in said["coordinations"]:
            Coordination(person=person, scheme=cast.schemes[place], ends_on=ends_on).save()
        for purpose, is_withdrawn in said["consents"]:
            day = timezone.localdate() - timedelta(days=9)
            Consent(
                contact=person, purpose=purpose, since=day, withdrawn_on=day if is_withdrawn else None
            ).save()
        for purpose in sorted(said["oppositions"]):
            if not person.oppositions.filter(purpose=purpose).exists():  # an address may have brought it
                Opposition(contact=person, purpose=purpose).save()
        for place in range(said["interactions"]):
            Interaction(contact=person, summary=f"Échange {place}", on=date(2024, 1, 1)).save()
    return person


def add_position(cast: Cast, person: Contact, one: dict[str, Any]) -> Position:
    place = one["organisation"]
    post = Position(
        person=person, **{**one, "organisation": cast.organisations[place] if place is not None else None}
    )
    post.save()
    return post


def add_channel(person: Contact, one: dict[str, Any], posts: list[Position]) -> Channel:
    value = f"adresse{one['which']}@exemple.org" if one["kind"] == "email" else f"01 86 65 00 0{one['which']}"
    more = {name: one[name] for name in ("kind", "is_main", "is_private", "state")}
    channel = Channel(
        contact=person, value=value, position=posts[0] if one["tied"] and posts else None, **more
    )
    channel.save()
    return channel
