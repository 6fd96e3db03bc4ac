"""A contact taken back to a moment is exactly what it was then, and its refusals stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st

from contacts import merging, positioning
from contacts.models import Channel, Contact, ContactAlias, Link, Position
from contacts.restoring import LINKS, CannotRestoreError, preview, restore
from crm.models import AuditEntry, Deed
from crm.records import one_act
from tests.contacts.snapshots import (
    Cast,
    add_channel,
    add_position,
    channels,
    columns,
    few,
    positions,
    taken_back,
)
from tests.factories import (
    ChannelFactory,
    ContactAliasFactory,
    FunctionFactory,
    LinkFactory,
    OppositionFactory,
    OrganisationFactory,
    PersonFactory,
    PositionFactory,
    ThemeFactory,
    UserFactory,
)


pytestmark = [pytest.mark.django_db, pytest.mark.data]


def state_of(contact: Contact) -> dict[str, object]:
    """What restoring promises: the fields, the links and the rows of the record, derived columns included."""
    contact = Contact.objects.get(pk=contact.pk)
    kept = {"merged_into_id", "trashed_at", "verified_by_id", "batch_id", "account_id"}
    state: dict[str, object] = {name: value for name, value in columns(contact).items() if name not in kept}
    for name in LINKS:
        state[name] = set(getattr(contact, name).values_list("pk", flat=True))
    for model, owner in (
        (Position, "person"),
        (Channel, "contact"),
        (ContactAlias, "contact"),
        (Link, "contact"),
    ):
        state[model.__name__] = {
            row.pk: columns(row) for row in model._base_manager.filter(**{owner: contact})
        }
    state["reach"] = set(contact.reach.values_list("territory", "origin"))
    return state


def test_fields_themes_addresses_posts_and_names_come_back():
    user = UserFactory()
    theme, other_theme = ThemeFactory(), ThemeFactory()
    person = PersonFactory(
        city="Arras", themes=[theme], email="a@exemple.org", organisation=OrganisationFactory()
    )
    ContactAliasFactory(contact=person, text="Dupont")
    before, moment = state_of(person), timezone.now()

    person.city = "Lens"
    person.save()
    person.themes.set([other_theme])
    positioning.change_post(person, leaves=person.positions.get(), title="Directeur", email="b@exemple.org")
    person.aliases.get().delete()
    assert state_of(person) != before

    restore(person, moment, by=user)

    assert state_of(person) == before
    assert AuditEntry.objects.filter(deed=Deed.RESTORED, actor=user, record=str(person.pk)).count() == 1


def test_the_preview_says_what_restoring_does_and_writes_nothing():
    person = PersonFactory(city="Arras", email="a@exemple.org")
    moment = timezone.now()
    person.city = "Lens"
    person.save()
    person.themes.add(ThemeFactory(name="Logement"))
    person.channels.get().delete()
    ChannelFactory(contact=person, value="b@exemple.org")
    before = state_of(person)

    found = preview(person, moment)

    assert {(one.label, one.old, one.new) for one in found.fields} == {
        ("ville", "Lens", "Arras"),
        ("thématiques", "Logement", ""),
    }
    assert (found.back, found.gone, found.lost) == (
        [("coordonnée", "a@exemple.org")],
        [("coordonnée", "b@exemple.org")],
        [],
    )
    assert state_of(person) == before
    restore(person, moment, by=None)
    assert preview(person, moment).is_empty


def test_restoring_is_itself_in_the_history_and_can_be_taken_back():
    person = PersonFactory(city="Arras")
    moment = timezone.now()
    person.city = "Lens"
    person.save()
    later = timezone.now()

    restore(person, moment, by=None)
    restore(person, later, by=None)

    person.refresh_from_db()
    assert person.city == "Lens"
    assert person.history.first().history_change_reason.startswith("Retour à la fiche du ")


def test_refusals_and_exchanges_noted_since_stay():
    person = PersonFactory(email="a@exemple.org")
    moment = timezone.now()
    opposition = OppositionFactory(contact=person)

    restore(person, moment, by=None)

    assert list(person.oppositions.all()) == [opposition]


def test_two_addresses_that_were_exchanged_are_exchanged_back():
    person = PersonFactory()
    first, second = (ChannelFactory(contact=person, value=f"{name}@exemple.org") for name in "ab")
    before, moment = state_of(person), timezone.now()
    second.delete()
    first.value = "b@exemple.org"
    first.save()
    ChannelFactory(contact=person, value="a@exemple.org")

    restore(person, moment, by=None)

    assert state_of(person) == before


def test_a_main_post_gives_its_place_back():
    person = PersonFactory(organisation=OrganisationFactory())
    before, moment = state_of(person), timezone.now()
    PositionFactory(person=person, is_main=True)

    restore(person, moment, by=None)

    assert state_of(person) == before


def test_what_was_linked_to_something_that_is_gone_is_told_and_left():
    person, other = PersonFactory(), OrganisationFactory(name="Disparue")
    LinkFactory(contact=person, other=other)
    post = PositionFactory(person=person, organisation=None, title="", function=FunctionFactory())
    moment = timezone.now()
    function = post.function
    post.delete()
    function.delete()
    other.delete()

    found = preview(person, moment)
    restore(person, moment, by=None)

    assert [what for what, _name in found.lost] == ["fonction exercée", "lien"]
    assert (found.back, person.links.count(), person.positions.count()) == ([], 0, 0)


def test_the_record_cannot_go_back_to_before_it_was():
    person = PersonFactory()

    with pytest.raises(CannotRestoreError, match="n’existait pas encore"):
        restore(person, timezone.now() - timedelta(days=1), by=None)


def test_a_merge_is_taken_back_before_the_record_goes_back_beyond_it():
    kept, absorbed = PersonFactory(), PersonFactory(email="a@exemple.org")
    before, moment = state_of(kept), timezone.now()
    made = merging.merge(absorbed, into=kept)

    with pytest.raises(CannotRestoreError, match="annulez d’abord cette fusion"):
        restore(kept, moment, by=None)
    restore(kept, made.at, by=None)
    while_one = timezone.now()
    merging.unmerge(made)
    for contact in (kept, absorbed):
        with pytest.raises(CannotRestoreError, match="n’en faisaient qu’une"):
            restore(contact, while_one, by=None)
    restore(kept, moment, by=None)

    assert state_of(kept) == before
    assert list(absorbed.channels.values_list("value", flat=True)) == ["a@exemple.org"]


# --- the property: whatever was done since ----------------------------------------------------------------

edits = st.lists(
    st.one_of(
        st.tuples(st.just("city"), st.sampled_from(["", "Lens", "Arras"])),
        st.tuples(st.just("notes"), st.sampled_from(["", "Vue en 2020."])),
        st.tuples(st.sampled_from(["themes", "territories", "labels"]), st.sets(st.integers(0, 1))),
        st.tuples(st.just("channels"), channels),
        st.tuples(st.just("positions"), positions),
        st.tuples(st.just("aliases"), st.sets(st.sampled_from(["Dupont", "Durand"]))),
        st.tuples(st.just("links"), st.sets(st.sampled_from(["partner", "member"]))),
        st.tuples(st.just("main"), few),
        st.tuples(st.just("rename channel"), few),
        st.tuples(st.just("end a post"), few),
    ),
    min_size=1,
    max_size=6,
)


def edit(cast: Cast, person: Contact, what: str, to: object) -> None:
    """One act of somebody at the form."""
    person.refresh_from_db()
    with one_act():
        if what in {"city", "notes"}:
            setattr(person, what, to)
            person.save()
        elif what in LINKS:
            getattr(person, what).set([getattr(cast, what)[place] for place in sorted(to)])  # type: ignore[call-overload]
            person.bump()
        elif what == "channels":
            for row in person.channels.all():
                row.delete()
            for one in to:
                add_channel(person, one, list(person.positions.all()))
        elif what == "positions":
            for post in person.positions.all():
                post.delete()
            for one in to:
                add_position(cast, person, one)
        elif what == "aliases":
            for alias in person.aliases.exclude(text__in=to):
                alias.delete()
            for text in sorted(to - set(person.aliases.values_list("text", flat=True))):  # type: ignore[operator]
                ContactAlias(contact=person, text=text).save()
        elif what == "links":
            for link in person.links.all():
                link.delete()
            for kind in sorted(to):  # type: ignore[call-overload]
                Link(contact=person, kind=kind, other=cast.third).save()
        else:
            _touch_a_row(person, what, int(to))  # type: ignore[call-overload]


def _touch_a_row(person: Contact, what: str, place: int) -> None:
    rows = list(person.positions.order_by("pk") if what == "end a post" else person.channels.order_by("pk"))
    if place >= len(rows):
        return
    row = rows[place]
    if what == "end a post":
        row.ends_on = timezone.localdate() - timedelta(days=1)
        row.save()
        positioning.retire_with(row)
    elif what == "main":
        row.is_main = True
        row.save()
    elif row.kind == "email":
        value = f"adresse{(place + 1) % 3}@exemple.org"
        if not person.channels.filter(key=value).exists():
            row.value = value
            row.save()


def check_that_every_moment_comes_back(said: list[tuple[str, object]]) -> None:
    with taken_back():
        cast = Cast()
        person = PersonFactory(source=cast.source)
        moments = [(timezone.now(), state_of(person))]
        for what, to in said:
            edit(cast, person, what, to)
            moments.append((timezone.now(), state_of(person)))

        for moment, before in reversed(moments):
            restore(person, moment, by=None)
            assert state_of(person) == before
        for moment, before in moments:
            restore(person, moment, by=None)
            assert state_of(person) == before


slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@settings(slowly, max_examples=10)
@given(edits)
def test_after_any_edits_the_record_goes_back_to_each_past_moment_exactly(said):
    check_that_every_moment_comes_back(said)


@pytest.mark.deep
@settings(slowly, max_examples=300)
@given(edits)
def test_after_any_edits_the_record_goes_back_to_each_past_moment_exactly_at_length(said):
    check_that_every_moment_comes_back(said)
