"""What is computed from a contact and its parts, so that lists, search and filters read one row.

Four verbs call `derive`: saving a record or a part, a bulk write, a merge, and the worker each morning, since a position
that ends at a date changes these columns without anybody writing. `manage.py doctor` compares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from crm.folding import fold_name, search_text


if TYPE_CHECKING:
    from contacts.models.channel import Channel
    from contacts.models.contact import Contact
    from contacts.models.position import Position

BATCH = 1_000
COLUMNS = (
    "sort_name",
    "search_open",
    "search_private",
    "main_email",
    "main_email_is_private",
    "main_phone",
    "main_phone_is_private",
    "open_email",
    "open_phone",
    "main_organisation_id",
    "main_title",
    "shown_category_id",
)


def derive(ids: Iterable[int], *, followers: bool = True) -> int:
    """Compute the derived columns and the territories of these contacts; answer how many rows changed.

    The people whose main organisation is among them follow, since they inherit its name, category and territories;
    `followers=False` spares looking for them when the caller knows there are none but these.
    """
    changed = 0
    for batch in _batches(sorted(set(ids))):
        changed += _derive_batch(batch)
        if followers:
            people = (
                _model("Position")
                .objects.current()
                .filter(organisation__in=batch)
                .values_list("person_id", flat=True)
            )
            for more in _batches(sorted(set(people) - set(batch))):
                changed += _derive_batch(more)
    return changed


def _model(name: str) -> Any:
    return apps.get_model("contacts", name)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _grouped(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _derive_batch(ids: Sequence[int]) -> int:
    model = _model("Contact")
    contacts: list[Contact] = list(model._base_manager.filter(pk__in=ids))
    positions = _grouped(
        _model("Position")
        .objects.current()
        .filter(person__in=ids)
        .select_related("organisation", "function")
        .order_by("-is_main", "pk"),
        "person_id",
    )
    channels = _grouped(
        _model("Channel").objects.filter(contact__in=ids).order_by("-is_main", "pk"), "contact_id"
    )
    aliases = _grouped(_model("ContactAlias").objects.filter(contact__in=ids), "contact_id")
    changed = []
    for contact in contacts:
        before = tuple(getattr(contact, column) for column in COLUMNS)
        fill(
            contact,
            positions[contact.pk],
            channels[contact.pk],
            [alias.text for alias in aliases[contact.pk]],
        )
        if before != tuple(getattr(contact, column) for column in COLUMNS):
            changed.append(contact)
    # Derived columns are no part of what a person wrote: no history, no version.
    model._base_manager.bulk_update(
        changed, [column.removesuffix("_id") for column in COLUMNS], batch_size=BATCH
    )
    return len(changed) + _derive_territories(contacts)


def fill(
    contact: Contact, positions: Sequence[Position], channels: Sequence[Channel], aliases: Sequence[str]
) -> None:
    """Set the derived columns of a contact in memory, from its current positions and its channels, the main ones first."""
    # What is confidential gives nothing to the columns that everybody reads and searches.
    positions = [one for one in positions if not (one.organisation and one.organisation.is_confidential)]
    main = positions[0] if positions else None
    organisation = main.organisation if main else None
    contact.sort_name = fold_name(f"{contact.name} {contact.first_name}")[:320]
    contact.main_organisation_id = organisation.pk if organisation else None
    contact.main_title = (main.title or (main.function.name if main.function else "")) if main else ""
    contact.shown_category_id = contact.category_id or (organisation.category_id if organisation else None)
    good = [channel for channel in channels if channel.state == "active"]
    email = next((channel for channel in good if channel.kind == "email"), None)
    phone = next((channel for channel in good if channel.kind == "phone"), None)
    contact.main_email, contact.main_email_is_private = (
        (email.value, email.is_private) if email else ("", False)
    )
    contact.main_phone, contact.main_phone_is_private = (
        (phone.value, phone.is_private) if phone else ("", False)
    )
    contact.open_email = next((one.value for one in good if one.kind == "email" and not one.is_private), "")
    contact.open_phone = next((one.value for one in good if one.kind == "phone" and not one.is_private), "")
    words = [contact.name, contact.first_name, contact.sigle, contact.city, contact.postcode, *aliases]
    for position in positions:
        words += [position.title, position.function.name if position.function else ""]
        if position.organisation:
            words += [position.organisation.name, position.organisation.sigle]
    open_channels = [channel.key for channel in channels if not channel.is_private]
    contact.search_open = search_text(*words, *open_channels)
    every = [channel.key for channel in channels]
    contact.search_private = contact.search_open if every == open_channels else search_text(*words, *every)


def _derive_territories(contacts: Sequence[Contact]) -> int:
    """Own territories, else those of the schemes coordinated, else those of the main organisation."""
    reach_model = _model("ContactTerritory")
    own_rows = _model("Contact").territories.through._base_manager
    ids = [contact.pk for contact in contacts]
    organisation_of = {contact.pk: contact.main_organisation_id for contact in contacts}
    organisations = {pk for pk in organisation_of.values() if pk}
    own: dict[int, list[int]] = defaultdict(list)
    for contact_id, territory_id in own_rows.filter(contact__in={*ids, *organisations}).values_list(
        "contact_id", "territory_id"
    ):
        own[contact_id].append(territory_id)
    coordinated: dict[int, list[int]] = defaultdict(list)
    coordinations = _model("Coordination").objects.current().filter(person__in=ids)
    for person_id, territory_id in coordinations.filter(scheme__territories__isnull=False).values_list(
        "person_id", "scheme__territories"
    ):
        coordinated[person_id].append(territory_id)
    wanted: dict[tuple[int, int], str] = {}
    for pk in ids:
        inherited = organisation_of[pk]
        for origin, territories in (
            ("own", own.get(pk)),
            ("scheme", coordinated.get(pk)),
            ("organisation", own.get(inherited) if inherited else None),
        ):
            if territories:
                wanted |= {(pk, territory): origin for territory in territories}
                break
    had = {
        (row.contact_id, row.territory_id): row for row in reach_model._base_manager.filter(contact__in=ids)
    }
    gone = [row.pk for key, row in had.items() if wanted.get(key) != row.origin]
    kept = {key for key, row in had.items() if wanted.get(key) == row.origin}
    if gone:
        reach_model._base_manager.filter(pk__in=gone).delete()
    new = [
        reach_model(contact_id=contact_id, territory_id=territory_id, origin=origin)
        for (contact_id, territory_id), origin in wanted.items()
        if (contact_id, territory_id) not in kept
    ]
    reach_model._base_manager.bulk_create(new, batch_size=BATCH)
    return len(
        {key[0] for key in had if wanted.get(key) != had[key].origin} | {row.contact_id for row in new}
    )


def stale_ids(days: int = 31) -> set[int]:
    """People whose derived columns the calendar alone may have changed: a post or a coordination began or ended lately.

    `days` is how long the worker may have slept; whoever is derived without need is left as is.
    """
    today = timezone.localdate()
    since = today - timedelta(days=days)
    moved = Q(starts_on__range=(since, today)) | Q(ends_on__range=(since, today))
    posts, coordinations = (_model(name)._base_manager.filter(moved) for name in ("Position", "Coordination"))
    return {*posts.values_list("person_id", flat=True), *coordinations.values_list("person_id", flat=True)}
