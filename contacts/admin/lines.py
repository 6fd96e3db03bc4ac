"""A contact as the list shows it: one line, six columns, nothing that the account may not see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from contacts.models import Contact, Opposition, Territory
from contacts.models.contact_queries import verification_limit
from crm.models import Purpose
from crm.privacy import PRIVATE_CHANNEL
from crm.seeing import sees


SHOWN = 2  # themes and territories named in a line; the others are counted, and named on hover


@dataclass(frozen=True)
class Few:
    """The first names of a list, how many follow, and all of them."""

    names: Sequence[str]
    more: int
    whole: str


@dataclass(frozen=True)
class Badge:
    """A state by word, icon and colour; `why` explains on hover."""

    text: str
    icon: str
    tone: str
    why: str = ""


@dataclass(frozen=True)
class Line:
    pk: int
    url: str
    name: str
    under: str
    category: str
    territories: Few
    themes: Few
    email: str
    phone: str
    badges: Sequence[Badge]

    @property
    def mailbox(self) -> str:
        """What stands before the @, after which a narrow column may break the address."""
        return self.email.partition("@")[0]

    @property
    def host(self) -> str:
        return "".join(self.email.partition("@")[1:])


def lines_of(pks: Sequence[int], request: HttpRequest) -> list[Line]:
    """The lines of these contacts, in this order: five statements whatever their number."""
    contacts = (
        Contact.objects.filter(pk__in=pks).select_related("main_organisation", "shown_category").order_by()
    )
    contacts = contacts.only(
        "kind", "name", "first_name", "sigle", "city", "state", "verified_on", "needs_check", "main_title",
        "main_email", "main_phone", "open_email", "open_phone",
        "main_organisation__name", "main_organisation__first_name", "shown_category__name",
    )  # fmt: skip
    by_pk = {contact.pk: contact for contact in contacts}
    themes = Contact.themes.through.objects.filter(contact__in=pks).order_by("theme__rank", "theme__name")
    places = Territory.objects.filter(reached_by__contact__in=pks).annotate(contact=F("reached_by__contact"))
    refused = Opposition.objects.filter(contact__in=pks).order_by("purpose")
    around = _Around(
        themes=_by_contact(themes.values_list("contact_id", "theme__name")),
        places=_by_contact(
            (place.contact, str(place))
            for place in places.only("level", "code", "name", "context").order_by("folded", "code")
        ),
        refused=_by_contact(refused.values_list("contact_id", "purpose")),
        limit=verification_limit(),
        private=sees(request.user, PRIVATE_CHANNEL),
        address=reverse("admin:contacts_contact_record", args=[0]),
    )
    return [_line(by_pk[pk], around) for pk in pks if pk in by_pk]


@dataclass(frozen=True)
class _Around:
    """What a page of lines needs beside the contacts themselves, read once."""

    themes: Mapping[int, list[str]]
    places: Mapping[int, list[str]]
    refused: Mapping[int, list[str]]
    limit: date
    private: bool
    address: str


def _by_contact(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for contact, text in pairs:
        found[contact].append(text)
    return found


def _line(contact: Contact, around: _Around) -> Line:
    private = around.private
    return Line(
        pk=contact.pk,
        url=around.address.replace("/0/", f"/{contact.pk}/"),
        name=str(contact),
        under=_under(contact),
        category=contact.shown_category.name if contact.shown_category else "",
        territories=_few(around.places.get(contact.pk, ())),
        themes=_few(around.themes.get(contact.pk, ())),
        email=contact.main_email if private else contact.open_email,
        phone=contact.main_phone if private else contact.open_phone,
        badges=_badges(contact, around.refused.get(contact.pk, ()), around.limit),
    )


def _under(contact: Contact) -> str:
    """What stands under the name: what the person does and where; what else the organisation is called, and its town."""
    if contact.is_person:
        parts: Sequence[Any] = (contact.main_title, contact.main_organisation or "")
    else:
        parts = (contact.sigle, contact.city)
    return ", ".join(str(part) for part in parts if part)


def _few(every: Sequence[str]) -> Few:
    shown = every if len(every) == SHOWN + 1 and sum(map(len, every)) < 40 else every[:SHOWN]
    return Few(shown, len(every) - len(shown), ", ".join(every))


def _badges(contact: Contact, purposes: Sequence[str], limit: date) -> list[Badge]:
    """What to know before writing or calling, the gravest first; a record with nothing to say is up to date."""
    badges = []
    if contact.state != Contact.State.ACTIVE:
        badges.append(
            Badge(
                contact.get_state_display(), "do_not_disturb_on", "", _("La fiche ne sert plus aux envois.")
            )
        )
    refused = [str(Purpose(purpose).label) for purpose in purposes]
    if refused:
        said = ngettext("Refuse : %(purpose)s", "Refuse %(n)s finalités", len(refused))
        badges.append(
            Badge(
                said % {"purpose": refused[0], "n": len(refused)},
                "block",
                "m-late",
                _("A dit non : %(all)s") % {"all": ", ".join(refused)},
            )
        )
    if contact.state != Contact.State.ACTIVE:
        return badges
    verified = contact.verified_on
    if contact.needs_check or verified is None or verified < limit:
        when = (
            _("Vérifiée le %(day)s") % {"day": date_format(verified, "d/m/Y")}
            if verified
            else _("Jamais vérifiée")
        )
        badges.append(Badge(_("À vérifier"), "schedule", "m-wait", when))
    elif not badges:
        when = _("Vérifiée le %(day)s") % {"day": date_format(verified, "d/m/Y")}
        badges.append(Badge(_("À jour"), "check_circle", "m-done", when))
    return badges
