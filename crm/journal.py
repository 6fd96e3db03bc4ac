"""The journal in words: each line by what a person calls it, with a way to the record for who may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from crm.models import AuditEntry, Deed, Export, ImportBatch, User as Account
from crm.registry import record_models


if TYPE_CHECKING:
    from crm.models import User


@dataclass(frozen=True)
class Line:
    """One line as it is read. `url` is empty when the record is gone, or not this reader's to see."""

    at: datetime
    who: str
    deed: str
    label: str
    what: str
    number: str
    title: str = ""
    url: str = ""
    count: int = 1
    details: Sequence[str] = field(default_factory=tuple)

    @property
    def has_count(self) -> bool:
        """Whether the number says more than that it was done once."""
        return self.count != 1 or self.deed in {Deed.EXPORTED, Deed.IMPORTED}


def lines(entries: Iterable[AuditEntry], *, reader: User) -> list[Line]:
    """These lines in words; one statement for each kind of record among them, however many there are."""
    entries = [*entries]
    found = _records(entries, reader)
    return [_line(entry, found.get((entry.model, entry.record))) for entry in entries]


def _line(entry: AuditEntry, known: tuple[Any, str] | None) -> Line:
    model = _model(entry.model)
    record, url = known or (None, "")
    return Line(
        at=entry.at,
        who=_who(entry),
        deed=entry.deed,
        label=str(entry.get_deed_display()),
        what=str(capfirst(str(model._meta.verbose_name))) if model else "",
        number=entry.record,
        title=str(record) if record is not None else "",
        url=url,
        count=entry.count,
        details=[*_details(entry, model, record)],
    )


def _who(entry: AuditEntry) -> str:
    if entry.actor_id is None:
        return _("Personne non connectée") if entry.deed == Deed.SIGN_IN_FAILED else _("L’outil")
    return (
        str(entry.actor) if entry.actor else _("Compte supprimé (n° %(number)s)") % {"number": entry.actor_id}
    )


def _details(entry: AuditEntry, model: type[Model] | None, record: Any) -> Iterable[str]:
    """What can be said besides: the page that was refused, the purpose of an export, the fields by their names."""
    if entry.deed == Deed.REFUSED:
        yield from (page_words(name, model) for name in entry.fields)
    elif isinstance(record, Export):
        yield str(record.get_purpose_display())
        yield ", ".join(record.columns)
    else:
        yield ", ".join(dict.fromkeys(label for name in entry.fields if (label := _label(model, name))))


# --- records ------------------------------------------------------------------------------------------------------------


def _imports_of(user: User) -> QuerySet[Any]:
    return ImportBatch.objects.all() if user.has_perm("crm.view_importbatch") else ImportBatch.objects.none()


def _accounts_of(user: User) -> QuerySet[Any]:
    accounts: QuerySet[Any] = Account.objects.all()
    return accounts if user.has_perm("crm.view_user") else accounts.none()


OWN: dict[str, tuple[Callable[[Any], QuerySet[Any]], str]] = {
    "crm.export": (lambda user: Export.objects.visible_to(user), "admin:crm_export_record"),
    "crm.importbatch": (_imports_of, "admin:crm_importbatch_record"),
    "crm.user": (_accounts_of, "admin:crm_user_change"),
}
"""The ground floor's own records, as rooms declare theirs in the registry."""


def _records(entries: Iterable[AuditEntry], reader: User) -> dict[tuple[str, str], tuple[Any, str]]:
    """Each record that the lines name and the reader may see, with its address."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.record.isdigit() and len(entry.record) < 19:
            wanted[entry.model].add(entry.record)
    kinds = {kind.model: (kind.rows, kind.url_name) for kind in record_models} | OWN
    return {
        (name, str(row.pk)): (row, reverse(url_name, args=[row.pk]))
        for name, (rows, url_name) in kinds.items()
        if wanted[name]
        for row in rows(reader).filter(pk__in=wanted[name])
    }


def _model(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


# --- pages and fields ------------------------------------------------------------------------------------------------------

PAGES: dict[str, StrOrPromise] = {
    "changelist": gettext_lazy("la liste"),
    "add": gettext_lazy("la page d’ajout"),
    "change": gettext_lazy("la page de modification"),
    "delete": gettext_lazy("la page de suppression"),
    "record": gettext_lazy("la fiche"),
    "export": gettext_lazy("la page d’export"),
    "upload": gettext_lazy("la page d’import"),
    "trash": gettext_lazy("la corbeille"),
    "file": gettext_lazy("une pièce jointe"),
    "merge": gettext_lazy("la page de fusion"),
    "account": gettext_lazy("ce que fait un compte"),
}
"""What the last word of a page's name is called."""


def page_words(name: str, model: type[Model] | None) -> str:
    """A page by the address's name: « la page de modification »."""
    last = name.rpartition("_")[2]
    return str(PAGES.get(last, _("une de ses pages") if model else _("une page réservée")))


OTHER_WORDS: dict[str, StrOrPromise] = {
    "role": gettext_lazy("rôle"),
    "password1": gettext_lazy("mot de passe"),
    "password2": gettext_lazy("mot de passe"),
    "version_read": "",
    "position": gettext_lazy("fonction exercée"),
    "double": gettext_lazy("fiches proches"),
    "decision": gettext_lazy("réponse"),
    "view": gettext_lazy("pour la voir"),
    "change": gettext_lazy("pour y travailler"),
    "code": gettext_lazy("code à six chiffres"),
    "password": gettext_lazy("mot de passe"),
    "totp": gettext_lazy("application de codes"),
    "webauthn": gettext_lazy("clé d’accès"),
    "recovery_codes": gettext_lazy("codes de secours"),
}
"""What forms and deeds call a thing that is no field of the record."""


def _label(model: type[Model] | None, name: str) -> str:
    """A field as the screen calls it; a part of the record by the part's own name; an account by its number."""
    if name.startswith("account "):
        return _("compte n° %(number)s") % {"number": name.removeprefix("account ")}
    name = name.partition(".")[0]
    if name in OTHER_WORDS:
        return str(OTHER_WORDS[name])
    try:
        return str(model._meta.get_field(name).verbose_name) if model else name  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        pass
    for config in apps.get_app_configs():
        if name in config.models:
            return str(config.models[name]._meta.verbose_name)
    return name
