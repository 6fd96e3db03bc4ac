"""People and organisations: the form, and the page one reads."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _, gettext_lazy

from contacts import positioning
from contacts.admin.listing import ContactListMixin
from contacts.forms import ContactAddForm, ContactForm
from contacts.inline_forms import AliasFormSet, ChannelFormSet, PositionFormSet
from contacts.models import Channel, Contact, ContactAlias, Link, Position
from contacts.pages import record, routes, trash
from crm.admin.record import PartInline
from crm.sharing import holds


class _ContactPartInline(PartInline):
    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows that this account does not see are not in its form, and so stay as they are."""
        return super().get_queryset(request).visible_to(request.user)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.user = request.user
        return formset


class ChannelInline(_ContactPartInline):
    model = Channel
    formset = ChannelFormSet
    fields = ["kind", "value", "state", "nature", "position", "comment", ("is_main", "is_private")]
    add_words = gettext_lazy("Ajouter une coordonnée")


class PositionInline(_ContactPartInline):
    model = Position
    fk_name = "person"
    formset = PositionFormSet
    fields = ["organisation", "title", "function", "service", "starts_on", "ends_on", "is_main"]
    autocomplete_fields = ["organisation"]
    add_words = gettext_lazy("Ajouter une fonction")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("organisation")


class AliasInline(_ContactPartInline):
    model = ContactAlias
    formset = AliasFormSet
    add_words = gettext_lazy("Ajouter un autre nom")
    fields = ["text", "kind"]


class LinkInline(_ContactPartInline):
    model = Link
    fk_name = "contact"
    fields = ["kind", "other", "starts_on", "ends_on", "comment"]
    autocomplete_fields = ["other"]
    add_words = gettext_lazy("Ajouter un lien")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("other")


@admin.register(Contact)
class ContactAdmin(ContactListMixin):
    """One admin for both kinds; the kind is fixed when the record is made."""

    record_template = "contacts/record/record.html"
    form = ContactForm
    autocomplete_fields = ["parent", "themes", "territories", "labels"]
    open_choices = ("owner",)
    change_form_template = "contacts/record/form.html"
    save_words = gettext_lazy("Enregistrer la fiche")
    save_and_add_words = gettext_lazy("Enregistrer et saisir la suivante")
    delete_words = gettext_lazy("Mettre à la corbeille")
    saved_words = gettext_lazy("La fiche « %(name)s » est enregistrée.")

    # --- the page one reads ---------------------------------------------------------------------------

    def record_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The record; one that was folded into another leads there."""
        try:
            return super().record_view(request, object_id)
        except Http404:
            kept = Contact.objects.folded_into(object_id)
            if kept is None or not Contact.objects.visible_to(request.user).filter(pk=kept).exists():  # type: ignore[arg-type]
                raise
            return redirect("admin:contacts_contact_record", kept)

    def record_context(self, request: HttpRequest, record_: Contact) -> dict[str, Any]:
        return record.context(request, record_)

    def get_urls(self) -> list[URLPattern]:
        return [*routes.contact_urls(self), *super().get_urls()]

    def response_after(self, request: HttpRequest, record: Any) -> HttpResponse:
        """Whoever gave a confidential record to another owner is no longer let in."""
        if self.has_view_permission(request, record):
            return super().response_after(request, record)
        return redirect("admin:contacts_contact_changelist")

    # --- the form -------------------------------------------------------------------------------------

    def kind_of(self, request: HttpRequest, obj: Contact | None) -> str:
        if obj is not None:
            return obj.kind
        asked = request.POST.get("kind") or request.GET.get("kind") or request.GET.get("kind__exact")
        return asked if asked in Contact.Kind.values else Contact.Kind.PERSON

    def get_form(
        self, request: HttpRequest, obj: Contact | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = ContactAddForm
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = {name: request.GET.get(name, "")[:200] for name in ("name", "first_name", "email", "title")}
        return {"kind": self.kind_of(request, None), **given}

    def declared_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        return _fieldsets(person=self.kind_of(request, obj) == Contact.Kind.PERSON, adding=obj is None)

    def hidden_fields(self, request: HttpRequest, obj: Any = None) -> set[str]:
        """Whether a record is confidential and whose it is: for who may decide it, which whom it was given to may not."""
        hidden = super().hidden_fields(request, obj)
        may_decide = request.user.has_perm("contacts.set_confidential") and (
            obj is None or not obj.is_confidential or holds(request.user, obj)
        )
        return hidden if may_decide else hidden | {"is_confidential", "owner"}

    def get_inlines(self, request: HttpRequest, obj: Contact | None) -> list[Any]:
        if obj is None:
            return []
        return [ChannelInline, *([PositionInline] if obj.is_person else []), AliasInline, LinkInline]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        kind = self.kind_of(request, None)
        title = _("Nouvelle personne") if kind == Contact.Kind.PERSON else _("Nouvelle structure")
        return super().add_view(request, form_url, {"title": title, "kind": kind, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(
            request, object_id, form_url, {"title": _("Modifier la fiche"), **(extra_context or {})}
        )

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        """A form in which nothing was changed writes nothing."""
        if not change or form.has_changed():
            if obj.is_confidential and obj.owner_id is None:
                obj.owner_id = request.user.pk  # or nobody but the manager would find it again
            if change and "verified_on" in form.changed_data:
                obj.verified_by_id = request.user.pk if obj.verified_on else None
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        contact: Contact = form.instance
        refused = set(contact.oppositions.values_list("purpose", flat=True))
        super().save_related(request, form, formsets, change)
        if isinstance(form, ContactAddForm):
            form.add_parts(contact)
            if form.new_organisation:
                text = _(
                    "La structure « %(name)s » n’y était pas : sa fiche est créée, complétez-la quand vous pourrez."
                )
                messages.info(request, text % {"name": form.new_organisation})
        met = contact.oppositions.exclude(purpose__in=refused).exclude(source=_("Saisie de la fiche"))
        if purposes := [row.get_purpose_display() for row in met]:
            text = _(
                "Une adresse de cette fiche avait déjà refusé : %(purposes)s. Ce refus est repris sur la fiche."
            )
            messages.warning(request, text % {"purposes": ", ".join(purposes)})

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """A post that ends here takes its addresses with it."""
        super().save_formset(request, form, formset, change)
        if isinstance(formset, PositionFormSet):
            for position, fields in formset.changed_objects:
                if "ends_on" in fields and position.has_ended:
                    positioning.retire_with(position)

    # --- the trash ------------------------------------------------------------------------------------

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not object_id.isdigit():
            raise Http404
        return trash.put_in(request, int(object_id))  # type: ignore[return-value]


def _fieldsets(*, person: bool, adding: bool) -> list[Any]:
    """Six fields first, the rest folded under *Plus*."""
    if person:
        new, old = (
            ["name", "first_name", "email", "organisation", "title", "themes"],
            ["territories", "labels", "notes"],
        )
        first = new if adding else ["name", "first_name", "themes", *old]
        more: list[Any] = [
            *(["phone", "function", "service"] if adding else []),
            "civility",
            "category",
            *(old[:2] if adding else []),
        ]
        more += ["street", ("postcode", "city"), "website", *(["notes"] if adding else [])]
    else:
        first = ["name", "sigle", "email" if adding else "territories", "category", "city", "themes"]
        more = [
            *(["phone", "territories"] if adding else []),
            "siret",
            "parent",
            "labels",
            "street",
            "postcode",
            "website",
            "notes",
        ]
    more += [("source", "collected_on")]
    more += [("is_confidential", "owner")]
    more += ["refuses_newsletter"] if adding else ["state", "legal_basis", "verified_on", "needs_check"]
    return [(None, {"fields": first}), (gettext_lazy("Plus"), {"fields": more, "classes": ["collapse"]})]
