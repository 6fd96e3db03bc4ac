"""Every form that makes or does something: what to press, and how many times it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.urls import reverse

from contacts.models import (
    Consent,
    Contact,
    ContactFile,
    DoublePair,
    Interaction,
    Merge,
    Opposition,
    Position,
    Scheme,
    SchemeType,
    Source,
    Theme,
)
from crm.models import Association, AuditEntry, Deed, Export, ImportBatch, SavedFilter, User
from tests.factories import (
    InteractionFactory,
    PersonFactory,
    SavedFilterFactory,
    ThemeFactory,
)
from tests.races.conftest import Person


@dataclass
class Pressed:
    """One form of a page with what is typed in it; `done` counts what it has done so far."""

    page: str
    done: Callable[[], int]
    typed: dict[str, Any] = field(default_factory=dict)
    action: str = ""
    which: dict[str, Any] = field(default_factory=dict)
    answers: set[int] = field(default_factory=lambda: {302})


type Making = Callable[[Person, User], Pressed]


def url(name: str, *numbers: Any) -> str:
    return reverse(f"admin:{name}", args=numbers)


def file(content: bytes = b"Nom\nRoux\n", name: str = "fiches.csv") -> BytesIO:
    made = BytesIO(content)
    made.name = name
    return made


def deeds(*kinds: Deed, model: str = "contacts.contact") -> Callable[[], int]:
    """How many lines of the journal say so."""
    return lambda: AuditEntry.objects.filter(deed__in=kinds, model=model).count()


def new_contact(person: Person, user: User) -> Pressed:
    typed = {"name": "Roux", "first_name": "Ève", "source": Source.objects.get(code="RENCONTRE").pk}
    return Pressed(url("contacts_contact_add"), Contact.objects.count, typed, which={"id": "contact_form"})


def changed_contact(person: Person, user: User) -> Pressed:
    """A row added to a record: nothing but the form knows that two are one too many."""
    contact = PersonFactory()
    new = {"positions-TOTAL_FORMS": 1, "positions-0-title": "Directrice"}
    return Pressed(
        url("contacts_contact_change", contact.pk), Position.objects.count, new, which={"id": "contact_form"}
    )


def new_scheme(person: Person, user: User) -> Pressed:
    typed = {"name": "Contrat local", "type": SchemeType.objects.first().pk, "state": "running"}
    return Pressed(url("contacts_scheme_add"), Scheme.objects.count, typed, which={"id": "scheme_form"})


def new_theme(person: Person, user: User) -> Pressed:
    typed = {"name": "Eau potable", "code": ""}
    return Pressed(url("contacts_theme_add"), Theme.objects.count, typed, which={"id": "theme_form"})


def new_account(person: Person, user: User) -> Pressed:
    role = user.groups.get().pk
    secret = "une phrase de passe assez longue"
    typed = {"email": "eve@exemple.org", "role": role, "password1": secret, "password2": secret}
    return Pressed(url("crm_user_add"), User.objects.count, typed, which={"id": "user_form"})


def changed_association(person: Person, user: User) -> Pressed:
    own = Association.own()
    return Pressed(
        url("crm_association_change", own.pk),
        deeds(Deed.CHANGED, Deed.CONFIGURED, model="crm.association"),
        {"name": "Réseau du Nord"},
        which={"id": "association_form"},
    )


def new_post(person: Person, user: User) -> Pressed:
    page = url("contacts_contact_post", PersonFactory().pk)
    return Pressed(page, Position.objects.count, {"title": "Directrice"}, which={"holding": "on"})


def new_exchange(person: Person, user: User) -> Pressed:
    page = url("contacts_contact_exchange", PersonFactory().pk)
    return Pressed(page, Interaction.objects.count, {"summary": "Appel"}, which={"holding": "summary"})


def changed_exchange(person: Person, user: User) -> Pressed:
    row = InteractionFactory()
    page = url("contacts_contact_exchange_change", row.contact_id, row.pk)
    return Pressed(
        page,
        deeds(Deed.CHANGED, model="contacts.interaction"),
        {"summary": "Autre chose"},
        which={"holding": "summary"},
    )


def agreed(person: Person, user: User) -> Pressed:
    page = url("contacts_contact_decision", PersonFactory().pk, "newsletter", "accord")
    return Pressed(page, Consent.objects.count, {"source": "par téléphone"}, which={"holding": "source"})


def refused(person: Person, user: User) -> Pressed:
    page = url("contacts_contact_decision", PersonFactory().pk, "newsletter", "refus")
    return Pressed(page, Opposition.history.count, {"source": "par téléphone"}, which={"holding": "source"})


def new_file(person: Person, user: User) -> Pressed:
    page = url("contacts_contact_file_add", PersonFactory().pk)
    return Pressed(page, ContactFile.objects.count, {"file": file()}, which={"holding": "description"})


def verified(person: Person, user: User) -> Pressed:
    contact = PersonFactory()
    action = url("contacts_contact_verify", contact.pk)
    return Pressed(
        url("contacts_contact_record", contact.pk),
        deeds(Deed.CHANGED),
        action=action,
        which={"action": action},
    )


def trashed(person: Person, user: User) -> Pressed:
    page = url("contacts_contact_delete", PersonFactory().pk)
    return Pressed(page, deeds(Deed.DELETED), which={"holding": "rests_on"})


def merged(person: Person, user: User) -> Pressed:
    page = url("contacts_contact_merge", PersonFactory().pk, PersonFactory().pk)
    return Pressed(page, Merge.objects.count, which={"holding": "rests_on"})


def told_apart(person: Person, user: User) -> Pressed:
    one, two = PersonFactory(), PersonFactory()
    DoublePair.objects.create(first=one, second=two, why="nom")
    action = url("contacts_doublepair_different")
    return Pressed(
        url("contacts_doublepair_changelist"), deeds(Deed.CHANGED), action=action, which={"action": action}
    )


def joined(person: Person, user: User) -> Pressed:
    term, into = ThemeFactory(), ThemeFactory()
    page = url("contacts_theme_join", term.pk)
    return Pressed(
        page,
        lambda: AuditEntry.objects.exclude(deed=Deed.SIGNED_IN).count(),
        {"into": into.pk},
        which={"holding": "into"},
    )


def kept_filter(person: Person, user: User) -> Pressed:
    PersonFactory(city="Lens")
    action = url("saved_filter_save")
    return Pressed(
        f"{url('contacts_contact_changelist')}?q=lens",
        SavedFilter.objects.count,
        {"name": "Personnes"},
        action=action,
        which={"action": action},
    )


def renamed_filter(person: Person, user: User) -> Pressed:
    kept = SavedFilterFactory(owner=user, page="contacts_contact")
    action = url("saved_filter_rename", kept.pk)
    return Pressed(
        url("saved_filters", "contacts_contact"),
        lambda: SavedFilter.objects.filter(name="Autre nom").count(),
        {"name": "Autre nom"},
        action=action,
        which={"action": action},
    )


def exported(person: Person, user: User) -> Pressed:
    PersonFactory(email="eve@exemple.org")
    typed = {"purpose": "internal", "reason": "liste de contrôle", "layout": "records", "file_format": "csv"}
    return Pressed(
        url("contacts_contact_export"),
        Export.objects.count,
        {**typed, "columns": ["name"]},
        which={"holding": "reason"},
        answers={200},
    )


def uploaded(person: Person, user: User) -> Pressed:
    return Pressed(
        url("crm_importbatch_upload"),
        ImportBatch.objects.count,
        {"import_file": file("Nom;Prénom;Mail\nRoux;Ève;eve@exemple.org\n".encode()), "resource": "contacts"},
        which={"holding": "once"},
    )


def confirmed(person: Person, user: User) -> Pressed:
    """A file that waits on its preview page."""
    upload = uploaded(person, user)
    form = person.open(upload.page, **upload.which)
    person.send(upload.page, form.with_(**upload.typed))
    batch = ImportBatch.objects.get()
    action = url("crm_importbatch_confirm", batch.pk)
    return Pressed(
        url("crm_importbatch_preview", batch.pk),
        deeds(Deed.IMPORTED, model="crm.importbatch"),
        action=action,
        which={"action": action},
    )


MAKES: tuple[Making, ...] = (new_scheme, new_exchange, new_file, exported, uploaded)
"""What twenty presses do more than once when nothing guards it."""
GUARDED: tuple[Making, ...] = (
    new_contact, changed_contact, new_theme, new_account, changed_association, new_post, changed_exchange, agreed,
    refused, verified, trashed, merged, told_apart, joined, kept_filter, renamed_filter, confirmed,
)  # fmt: skip
"""What a rule of its own keeps to one as well, or may."""
FORMS = (*MAKES, *GUARDED)
