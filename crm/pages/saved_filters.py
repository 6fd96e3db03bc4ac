"""Filters kept under a name: one's own, and those that others share; each belongs to the page it was made on."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST

from crm.doors import SIGNED_IN, door
from crm.models import SavedFilter
from crm.pages.frame import page_context


FLEETING = {"p", "e", "_popup", "_to_field", "_facets", "csrfmiddlewaretoken"}
_LONGEST = SavedFilter._meta.get_field("query").max_length or 0


class SavedFilterForm(forms.ModelForm[SavedFilter]):
    class Meta:
        model = SavedFilter
        fields = ["name", "shared"]
        error_messages = {"name": {"required": gettext_lazy("Donnez un nom à ces filtres.")}}


@require_POST
@door(SIGNED_IN)
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a list under a name; the same name again replaces them."""
    page = _page(request, request.POST.get("page", ""))
    query = kept_part(request.POST.get("query", ""))
    back = f"{_address(page)}?{query}"
    name = " ".join(request.POST.get("name", "").split())
    mine = SavedFilter.objects.filter(owner=request.user.pk, page=page, name=name).first()
    form = SavedFilterForm(
        {"name": name, "shared": request.POST.get("shared")},
        instance=mine or SavedFilter(owner_id=request.user.pk, page=page),  # type: ignore[misc]
    )
    if len(query) > _LONGEST:
        messages.error(request, _("Il y a trop de filtres pour les garder sous un nom : enlevez-en."))
        return redirect(_address(page))
    if not form.is_valid():
        _say_errors(request, form)
        return redirect(back)
    form.instance.query = query
    form.save()
    text = (
        _("Les filtres « %(name)s » sont à jour.")
        if mine
        else _("Les filtres sont gardés sous le nom « %(name)s ».")
    )
    messages.success(request, text % {"name": name})
    return redirect(back)


@door(SIGNED_IN)
def manage_filters(request: HttpRequest, page: str) -> HttpResponse:
    """One's own filters of a page, to rename, share or delete."""
    page = _page(request, page)
    mine = SavedFilter.objects.filter(owner=request.user.pk, page=page)
    context = page_context(request, _("Mes filtres enregistrés"), mine=mine, back=_address(page))
    return TemplateResponse(request, "crm/saved_filters/manage.html", context)


@require_POST
@door(SIGNED_IN)
def rename_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, or shared with the others or no longer."""
    kept = get_object_or_404(SavedFilter, pk=pk, owner=request.user.pk)
    form = SavedFilterForm(request.POST, instance=kept)
    if form.is_valid():
        try:
            form.instance.validate_constraints()
        except ValidationError as error:
            form.add_error(None, error)
    if form.is_valid():
        form.save()
        messages.success(request, _("« %(name)s » est enregistré.") % {"name": kept.name})
    else:
        _say_errors(request, form)
    return redirect("admin:saved_filters", page=kept.page)


@require_POST
@door(SIGNED_IN)
def delete_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the name; the records it found are untouched."""
    kept = get_object_or_404(SavedFilter, pk=pk, owner=request.user.pk)
    page, name = kept.page, kept.name
    kept.delete()
    messages.success(
        request, _("Le filtre « %(name)s » est supprimé ; les fiches, elles, restent.") % {"name": name}
    )
    return redirect("admin:saved_filters", page=page)


def _say_errors(request: HttpRequest, form: forms.Form | SavedFilterForm) -> None:
    for errors in form.errors.values():
        for text in errors:
            messages.error(request, str(text))


def kept_part(query: str) -> str:
    """What of an address says which rows: not the page one was on."""
    pairs = parse_qsl(query, keep_blank_values=False)
    return urlencode([(name, value.replace("\x00", "")) for name, value in pairs if name not in FLEETING])


def _page(request: HttpRequest, name: str) -> str:
    """The list of that name, if there is one and the account may see it."""
    models: dict[str, Any] = {
        f"{model._meta.app_label}_{model._meta.model_name}": model_admin
        for model, model_admin in admin.site._registry.items()
    }
    if name not in models or not models[name].has_view_permission(request):
        raise Http404
    return name


def _address(page: str) -> str:
    return reverse(f"admin:{page}_changelist")
