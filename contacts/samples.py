"""Throwaway records of this room, for the access matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.utils.crypto import get_random_string

from contacts.models import (
    ActorFamily,
    Category,
    Contact,
    ContactFile,
    DoublePair,
    Function,
    Interaction,
    Label,
    Merge,
    Scheme,
    SchemeType,
    Service,
    Source,
    Synonym,
    Territory,
    Theme,
)
from contacts.models.vocabulary import Term
from crm.models import User
from crm.registry import RecordSample, record_samples
from crm.sharing import share


TERMS: tuple[type[Term], ...] = (
    Theme, Category, ActorFamily, Function, Service, Source, SchemeType, Label,
)  # fmt: skip


def _word() -> str:
    return get_random_string(12)


def _person() -> Contact:
    source = Source.objects.first() or Source.objects.create(code=_word(), name=_word())
    return Contact.objects.create(kind=Contact.Kind.PERSON, name=_word(), first_name=_word(), source=source)


def _contact(user: User) -> Mapping[str, Any]:
    person, other = _person(), _person()
    exchange = Interaction.objects.create(contact=person, summary=_word(), by=user)
    file = ContactFile(contact=person, name="exemple.txt")
    file.file.save("exemple.txt", ContentFile(b"exemple"), save=True)
    merge = Merge.objects.create(kept=person, absorbed=other)
    colleague = User.objects.create_user(f"{_word().lower()}@exemple.invalid")
    lent = share(person, to=colleague, by=None)
    return {
        "object_id": person.pk,
        "pk": person.pk,
        "admin:contacts_contact_unshare:pk": lent.pk,
        "kept_pk": person.pk,
        "absorbed_pk": other.pk,
        "exchange": exchange.pk,
        "file": file.pk,
        "merge": merge.pk,
        "name": "theme",
    }


def _scheme(user: User) -> Mapping[str, Any]:
    kind = SchemeType.objects.first() or SchemeType.objects.create(code=_word(), name=_word())
    return {"object_id": Scheme.objects.create(type=kind, name=_word()).pk}


def _pair(user: User) -> Mapping[str, Any]:
    return {"object_id": DoublePair.objects.create(first=_person(), second=_person()).pk}


def _territory(user: User) -> Mapping[str, Any]:
    made = Territory.objects.create(
        level=Territory.Level.COMMUNE, code=_word()[:5], name=_word(), folded=_word(), department_code="99"
    )
    return {"object_id": made.pk}


def _synonym(user: User) -> Mapping[str, Any]:
    return {"object_id": Synonym.objects.create(vocabulary=Synonym.List.THEME, text=_word(), code=_word()).pk}


def _term(model: type[Term], user: User) -> Mapping[str, Any]:
    made = model._default_manager.create(code=_word(), name=_word())
    return {"object_id": made.pk, "pk": made.pk}


def _sent() -> Mapping[str, Mapping[str, str]]:
    field = {"app_label": "contacts", "model_name": "position", "field_name": "organisation"}
    return {"admin:autocomplete": field}


def register() -> None:
    made: dict[str, Callable[[User], Mapping[str, Any]]] = {
        "contacts.contact": _contact,
        "contacts.doublepair": _pair,
        "contacts.scheme": _scheme,
        "contacts.synonym": _synonym,
        "contacts.territory": _territory,
        **{model._meta.label_lower: partial(_term, model) for model in TERMS},
    }
    for model, make in made.items():
        sent = _sent if model == "contacts.contact" else dict
        record_samples.add(RecordSample(model=model, make=make, sent=sent))
