"""The columns of an export of contacts, and the rows they make: three statements a thousand contacts, plus one a relation.

A column is a person's word for a thing, its right beside it. What one may not see is never read for an export either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Channel, Contact, ContactTerritory, Position, Scheme, Territory
from contacts.models.consent import fingerprint
from crm.keys import these
from crm.privacy import ORDINARY, PRIVATE_CHANNEL
from crm.seeing import sees, sees_field
from crm.writing import Kind


if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from crm.models import User

BATCH = 1_000
JOINED = " ; "  # between several themes, territories … of one cell; the reader of files cuts there


@dataclass(frozen=True)
class Column:
    """One column: its heading, the group it is shown in, the field it comes from; the rights class of that field, or its own."""

    code: str
    label: StrOrPromise
    group: str
    field: str = ""
    usual: bool = False
    rights: str = ORDINARY
    kind: Kind = "text"


IDENTITY, POST, CHANNELS, PRIVATE, QUALIFYING, KEEPING = (
    "identity",
    "post",
    "channels",
    "private",
    "qualifying",
    "keeping",
)
GROUPS: Mapping[str, StrOrPromise] = {
    IDENTITY: _("Identité"),
    POST: _("Structure et fonction"),
    CHANNELS: _("Coordonnées"),
    PRIVATE: _("Coordonnées privées"),
    QUALIFYING: _("Qualification"),
    KEEPING: _("Tenue de la fiche"),
}

COLUMNS: Mapping[str, Column] = {
    column.code: column
    for column in (
        Column("kind", _("Nature"), IDENTITY, "kind"),
        Column("civility", _("Civilité"), IDENTITY, "civility", usual=True),
        Column("name", _("Nom"), IDENTITY, "name", usual=True),
        Column("first_name", _("Prénom"), IDENTITY, "first_name", usual=True),
        Column("sigle", _("Sigle"), IDENTITY, "sigle"),
        Column("siret", _("SIRET"), IDENTITY, "siret"),
        Column("organisation", _("Structure"), POST, "main_organisation__name", usual=True),
        Column("title", _("Fonction"), POST, "main_title", usual=True),
        Column("function", _("Fonction (liste)"), POST),
        Column("service", _("Service"), POST),
        Column("email", _("E-mail"), CHANNELS, "open_email", usual=True),
        Column("phone", _("Téléphone"), CHANNELS, "open_phone", usual=True),
        Column("other_emails", _("Autres e-mails"), CHANNELS),
        Column("other_phones", _("Autres téléphones"), CHANNELS),
        Column("street", _("Adresse"), CHANNELS, "street"),
        Column("postcode", _("Code postal"), CHANNELS, "postcode", usual=True),
        Column("city", _("Ville"), CHANNELS, "city", usual=True),
        Column("website", _("Site internet"), CHANNELS, "website"),
        Column("private_emails", _("E-mails privés"), PRIVATE, rights=PRIVATE_CHANNEL),
        Column("private_phones", _("Téléphones privés"), PRIVATE, rights=PRIVATE_CHANNEL),
        Column("category", _("Catégorie institutionnelle"), QUALIFYING, "shown_category__name", usual=True),
        Column("themes", _("Thématiques"), QUALIFYING, usual=True),
        Column("territories", _("Territoires d’intervention"), QUALIFYING, usual=True),
        Column("schemes", _("Démarches coordonnées"), QUALIFYING),
        Column("labels", _("Étiquettes"), QUALIFYING),
        Column("state", _("État"), KEEPING, "state"),
        Column("verified_on", _("Vérifiée le"), KEEPING, "verified_on", kind="date"),
        Column("source", _("Source"), KEEPING, "source__name"),
        Column("collected_on", _("Recueillie le"), KEEPING, "collected_on", kind="date"),
        Column("created_at", _("Créée le"), KEEPING, "created_at", kind="date"),
        Column("number", _("Numéro de fiche"), KEEPING, "pk", kind="int"),
        Column("notes", _("Notes internes"), KEEPING, "notes"),
    )
}
ADDRESS = Column("address", _("E-mail"), CHANNELS, "open_email")
ANY_ADDRESS = Column("address", _("E-mail"), CHANNELS, "main_email")


def allowed(user: User | Any) -> list[Column]:
    """The columns that this account may take out."""
    return [
        column
        for column in COLUMNS.values()
        if sees(user, column.rights) and sees_field(user, Contact, column.field or "pk")
    ]


def addresses(user: User | Any) -> list[Column]:
    """The columns of a list to write to: with the main address for who sees the private ones, the first open one else."""
    address = ANY_ADDRESS if sees(user, PRIVATE_CHANNEL) else ADDRESS
    return [address, *(COLUMNS[code] for code in ("civility", "first_name", "name", "organisation", "title"))]


def rows(
    pks: Sequence[int],
    columns: Sequence[Column],
    *,
    user: User | Any,
    refused: Collection[str] = frozenset(),
) -> Iterator[list[Any]]:
    """One row a contact, in the order of `pks`; one that has gone meanwhile, or out of this account's scope, is left out.

    E-mails whose fingerprint is `refused` are left out of the columns of several. Memory stays flat: a thousand at a time.
    """
    around = _Around(user=user, refused=refused)
    for start in range(0, len(pks), BATCH):
        yield from _batch(pks[start : start + BATCH], columns, around)


@dataclass(frozen=True)
class _Around:
    """What holds for the whole export, and the names met so far: there are few, and each is met many times."""

    user: User | Any
    refused: Collection[str]
    places: dict[int, str] = field(default_factory=dict)


_CHOICES: Mapping[str, Mapping[str, Any]] = {
    "kind": dict(Contact.Kind.choices),
    "civility": dict(Contact.Civility.choices) | {"": ""},
    "state": dict(Contact.State.choices),
}


def _batch(pks: Sequence[int], columns: Sequence[Column], around: _Around) -> Iterator[list[Any]]:
    fields = [column.field for column in columns if column.field]
    asked = list(dict.fromkeys(["pk", *fields]))
    place = {name: number for number, name in enumerate(asked)}
    contacts = Contact.objects.present().in_scope(around.user).filter(pk__in=these(pks)).order_by()
    found = {row[0]: row for row in contacts.values_list(*asked)}
    makers = [_maker(column, place, found.keys(), around) for column in columns]
    for pk in pks:
        row = found.get(pk)
        if row is not None:
            yield [make(row) for make in makers]


type Maker = Callable[[Sequence[Any]], Any]


def _maker(column: Column, place: Mapping[str, int], pks: Collection[int], around: _Around) -> Maker:
    """What reads this column's cell in a row of the batch."""
    if not column.field:
        cells = _RELATED[column.code](pks, around)
        return lambda row: cells.get(row[0], "")
    at = place[column.field]
    if column.code in _CHOICES:
        labels = {value: str(label) for value, label in _CHOICES[column.code].items()}
        return lambda row: labels.get(row[at], "")
    if column.code == "created_at":
        return lambda row: timezone.localdate(row[at])
    if column.kind == "date":
        return itemgetter(at)
    return lambda row: row[at] or ""


# --- cells that come from other tables -------------------------------------------------------------------


type Cells = Callable[[Collection[int], _Around], dict[int, str]]


def _joined(pairs: Iterable[tuple[int, Any]]) -> dict[int, str]:
    """The cell of each owner: its texts in their order, each once."""
    cells: dict[int, dict[str, None]] = {}
    for owner, text in pairs:
        if text:
            cells.setdefault(owner, {})[text] = None
    return {owner: JOINED.join(texts) for owner, texts in cells.items()}


def _linked(name: str) -> Cells:
    """The names at the other end of a many-to-many field, in the order of their list."""

    def cells(pks: Collection[int], around: _Around) -> dict[int, str]:
        field: Any = Contact._meta.get_field(name)
        names = {term.pk: term.name for term in field.related_model.objects.only("name")}
        rank = {pk: number for number, pk in enumerate(names)}
        other = field.m2m_reverse_name()
        links = field.remote_field.through.objects.filter(contact__in=these(pks)).values_list(
            "contact_id", other
        )
        return _joined((owner, names[term]) for owner, term in sorted(links, key=lambda link: rank[link[1]]))

    return cells


def _territories(pks: Collection[int], around: _Around) -> dict[int, str]:
    reach = ContactTerritory.objects.filter(contact__in=these(pks)).order_by("pk")
    pairs, names = list(reach.values_list("contact_id", "territory_id")), around.places
    new = Territory.objects.filter(pk__in={place for _owner, place in pairs} - names.keys())
    names.update((place.pk, str(place)) for place in new.only("level", "code", "name", "context"))
    return _joined((owner, names[place]) for owner, place in pairs)


def _positions(field: str) -> Cells:
    def cells(pks: Collection[int], around: _Around) -> dict[int, str]:
        held = Position.objects.visible_to(around.user).current().filter(person__in=these(pks))
        held = held.order_by("-is_main", "pk")
        return _joined(held.values_list("person_id", field))

    return cells


def _channels(kind: str, *, hidden: bool) -> Cells:
    """Channels in use: the private ones, or the open ones that are not the main one, which has its own column."""

    def cells(pks: Collection[int], around: _Around) -> dict[int, str]:
        used = (
            Channel.objects.in_use()
            .filter(contact__in=these(pks), kind=kind, is_private=hidden)
            .order_by("-is_main", "pk")
        )
        main = "contact__open_email" if kind == Channel.Kind.EMAIL else "contact__open_phone"
        found = used.values_list("contact_id", "value", main)
        return _joined(
            (owner, value)
            for owner, value, main_value in found
            if (hidden or value != main_value)
            and (not around.refused or fingerprint(value) not in around.refused)
        )

    return cells


def _schemes(pks: Collection[int], around: _Around) -> dict[int, str]:
    coordinated: Any = Scheme._meta.get_field("coordinations").related_model
    held = coordinated.objects.current().filter(person__in=these(pks)).order_by("scheme__name", "pk")
    return _joined(held.values_list("person_id", "scheme__name"))


_RELATED: Mapping[str, Cells] = {
    "function": _positions("function__name"),
    "service": _positions("service__name"),
    "other_emails": _channels(Channel.Kind.EMAIL, hidden=False),
    "other_phones": _channels(Channel.Kind.PHONE, hidden=False),
    "private_emails": _channels(Channel.Kind.EMAIL, hidden=True),
    "private_phones": _channels(Channel.Kind.PHONE, hidden=True),
    "themes": _linked("themes"),
    "labels": _linked("labels"),
    "territories": _territories,
    "schemes": _schemes,
}
