"""The keys of this room: the two lists, and a new record of each kind."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from crm.registry import Shortcut, shortcuts


PERSON, ORGANISATION = Contact.Kind.PERSON, Contact.Kind.ORGANISATION


def _list(kind: str) -> str:
    return f"{reverse('admin:contacts_contact_changelist')}?kind__exact={kind}"


def _new(kind: str) -> str:
    return f"{reverse('admin:contacts_contact_add')}?kind={kind}"


def register() -> None:
    see, add = "contacts.view_contact", "contacts.add_contact"
    for shortcut in (
        Shortcut(
            key="p",
            rank=10,
            label=_("Ouvrir la liste des personnes"),
            permission=see,
            url=lambda: _list(PERSON),
        ),
        Shortcut(
            key="o",
            rank=15,
            label=_("Ouvrir la liste des structures"),
            permission=see,
            url=lambda: _list(ORGANISATION),
        ),
        Shortcut(key="n", rank=20, label=_("Ajouter une personne"), permission=add, url=lambda: _new(PERSON)),
        Shortcut(
            key="s", rank=25, label=_("Ajouter une structure"), permission=add, url=lambda: _new(ORGANISATION)
        ),
    ):
        shortcuts.add(shortcut)
