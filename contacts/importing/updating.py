"""What a file changes of records that were there before, with what undoing needs to put them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import reduce
from itertools import batched
from operator import or_
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Model, Q

from contacts.importing.plan import Draft, Known, Post
from contacts.models import Channel, Contact, Position, Scheme
from crm.models import ImportChange


if TYPE_CHECKING:
    from contacts.importing.writing import Thousand

LINKS = ("themes", "territories", "labels")


def update_known(thousand: Thousand) -> None:
    """Write every known record that the file changes: its columns, its links, its version; its new parts are there already."""
    drafts = {
        draft.known.pk: draft for draft in thousand.drafts if draft.known is not None and draft.is_changed
    }
    if not drafts:
        return
    made = _parts_made(thousand)
    positions = _update_positions(thousand, drafts)
    channels = _retire_channels(thousand, drafts)
    rows = list(Contact.objects.filter(pk__in=drafts).order_by("pk"))
    fields: set[str] = set()
    links: dict[str, list[tuple[int, int]]] = {name: [] for name in LINKS}
    gone: dict[str, list[tuple[int, int]]] = {name: [] for name in LINKS}
    befores: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        draft = drafts[row.pk]
        added, removed = _links_of(thousand, draft)
        for name in LINKS:
            links[name] += [(place, pk) for pk in sorted(added[name])]
            gone[name] += [(row.pk, pk) for pk in sorted(removed[name])]
        befores.append(
            {
                "version": row.version,
                "fields": _set_fields(thousand, row, draft, fields),
                "added": {name: sorted(pks) for name, pks in added.items() if pks},
                "removed": {name: sorted(pks) for name, pks in removed.items() if pks},
                "made": made.get(row.pk, {}),
                "positions": positions.get(row.pk, {}),
                "channels": channels.get(row.pk, {}),
            }
        )
    for name, pairs in gone.items():
        unlink(Contact, name, pairs)
    thousand.save(rows, fields=sorted(fields), links=links)
    thousand.changes += [
        thousand.writing.change(
            ImportChange.Kind.UPDATED, row, drafts[row.pk].line, version=row.version, before=before
        )
        for row, before in zip(rows, befores, strict=True)
    ]
    thousand.writing.stale |= drafts.keys()


def _set_fields(thousand: Thousand, row: Contact, draft: Draft, fields: set[str]) -> dict[str, Any]:
    """Put the touched values on the row; answer what they were."""
    before: dict[str, Any] = {}
    known = _known(draft)
    for name in known.touched:
        value = draft.values[name]
        column = "category_id" if name == "category" else name
        was = getattr(row, column)
        if name == "category":
            value = thousand.writing.term("category", value)
        before[column] = was.isoformat() if isinstance(was, date) else was
        setattr(row, column, value)
        fields.add(name)
    if known.left_post is not None:
        before["needs_check"] = row.needs_check
        row.needs_check = False
        fields.add("needs_check")
    return before


def _known(draft: Draft) -> Known:
    return cast("Known", draft.known)


def _links_of(thousand: Thousand, draft: Draft) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """Links to add and to take away."""
    known = _known(draft)
    themes = set(thousand.writing.theme_ids(draft))
    territories = set(draft.territories)
    added = {
        "themes": themes - known.themes,
        "territories": territories - known.own_territories,
        "labels": {thousand.writing.labels[key] for key in draft.labels if key not in known.labels},
    }
    removed: dict[str, set[int]] = {
        "themes": (known.dropped.get("themes", set()) & known.themes) - themes,
        "territories": (known.dropped.get("territories", set()) & known.own_territories) - territories,
        "labels": set(),
    }
    return added, removed


def unlink(model: type[Model], name: str, pairs: Sequence[tuple[int, int]]) -> None:
    """Take these `(record, other)` links of a many-to-many field away, without a row of history for each."""
    field: Any = model._meta.get_field(name)
    owner, other = field.m2m_column_name(), field.m2m_reverse_name()
    rows = field.remote_field.through._base_manager
    for some in batched(pairs, 200):
        rows.filter(reduce(or_, (Q(**{owner: mine, other: theirs}) for mine, theirs in some))).delete()


def _parts_made(thousand: Thousand) -> dict[int, dict[str, list[int]]]:
    """`{contact: {model: rows}}` of the parts that this file gives to known records."""
    made: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    known = {draft.known.pk for draft in thousand.drafts if draft.known is not None}
    for draft in thousand.drafts:
        if draft.known is None:
            continue
        for channel in thousand.channels[id(draft)]:
            made[draft.known.pk]["contacts.channel"].append(channel.pk)
        if (position := thousand.posts.get(id(draft))) is not None:
            made[draft.known.pk]["contacts.position"].append(position.pk)
    for consent in thousand.consents:
        if consent.contact_id in known:
            made[consent.contact_id]["contacts.consent"].append(consent.pk)
    for coordination in thousand.coordinations:
        if coordination.person_id in known:
            made[coordination.person_id]["contacts.coordination"].append(coordination.pk)
    return {pk: dict(models) for pk, models in made.items()}


def _posts_of(draft: Draft) -> Iterator[tuple[int, Post]]:
    known = _known(draft)
    for post in (draft.post, known.left_post, *known.other_posts):
        if post is not None and post.pk is not None:
            yield post.pk, post


def _update_positions(thousand: Thousand, drafts: dict[int, Draft]) -> dict[int, dict[str, Any]]:
    """Fill or replace what positions hold; answer `{contact: {position: what it held}}`."""
    writing = thousand.writing
    touched = {pk: post for draft in drafts.values() for pk, post in _posts_of(draft) if post.touched}
    before: dict[int, dict[str, Any]] = defaultdict(dict)
    rows = list(Position.objects.filter(pk__in=touched).order_by("pk")) if touched else []
    for row in rows:
        post = touched[row.pk]
        values: dict[str, Any] = {
            "title": post.title,
            "function_id": writing.term("function", post.function),
            "service_id": writing.term("service", post.service),
            "organisation_id": writing.pk(post.organisation) if post.organisation else None,
        }
        held = before[row.person_id].setdefault(str(row.pk), {})
        for name in sorted(post.touched):
            column = name if name == "title" else f"{name}_id"
            held[column] = getattr(row, column)
            setattr(row, column, values[column])
    thousand.save(rows, fields=["title", "function", "service", "organisation"])
    for pk, draft in drafts.items():
        if (left := _known(draft).left_post) is not None:
            before[pk].setdefault(str(left.pk), {}).update({"ends_on": None, "is_main": left.is_main})
    return before


def leave_posts(thousand: Thousand) -> None:
    """The posts that another organisation's replace end the day before, first of all: a person has one main post."""
    on = thousand.writing.content.on
    posts = [draft.known.left_post for draft in thousand.drafts if draft.known and draft.known.left_post]
    left = [post.pk for post in posts if post.pk is not None]
    rows = list(Position.objects.filter(pk__in=left).order_by("pk")) if left else []
    for row in rows:
        row.is_main = False
        row.ends_on = max(on - timedelta(days=1), row.starts_on or date.min)
    thousand.save(rows, fields=["is_main", "ends_on"])


def _retire_channels(thousand: Thousand, drafts: dict[int, Draft]) -> dict[int, dict[str, Any]]:
    """Addresses and numbers that a replacing column gives up, and those of a post that is left: « anciennes »."""
    contacts = [
        pk
        for pk, draft in drafts.items()
        if _known(draft).left_post or {"email", "phone"} & _known(draft).dropped.keys()
    ]
    before: dict[int, dict[str, Any]] = defaultdict(dict)
    retired: list[Channel] = []
    rows = (
        Channel.objects.filter(contact__in=contacts, state=Channel.State.ACTIVE).order_by("pk")
        if contacts
        else ()
    )
    for row in rows:
        known = _known(drafts[row.contact_id])
        left = known.left_post.pk if known.left_post else None
        given_up = row.key in known.dropped.get(row.kind, ()) or (
            left is not None and row.position_id == left
        )
        if not given_up or row.key in known.said:
            continue
        before[row.contact_id][str(row.pk)] = {"state": row.state, "is_main": row.is_main}
        row.state, row.is_main = Channel.State.RETIRED, False
        retired.append(row)
    thousand.save(retired, fields=["state", "is_main"])
    return before


def bump_schemes(thousand: Thousand, schemes: set[int]) -> None:
    """A new coordination is written on the scheme's record."""
    if schemes:
        thousand.save(list(Scheme.objects.filter(pk__in=schemes).order_by("pk")), fields=[])
