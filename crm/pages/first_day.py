"""The first page of an empty base: see the demonstration, or begin with one's own data. Once there is an account, no more."""

from __future__ import annotations

from functools import partial
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
)

from crm.demonstrating import JOB
from crm.doors import OPEN, door
from crm.models import Job
from crm.opening import AlreadyOpenError, is_open, open_with_own_data, opening
from crm.pages.frame import page_context
from crm.registry import starting_packs
from crm.signing_in.entering import enter
from crm.signing_in.passwords import advice_lazy
from crm.tasks import load_demo


class FirstAccountForm(forms.Form):
    """Who begins, and for which association."""

    association_name = forms.CharField(
        label=gettext_lazy("Nom de l’association"), max_length=200, widget=UnfoldAdminTextInputWidget
    )
    pack = forms.ChoiceField(
        label=gettext_lazy("Listes de départ"),
        required=False,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=gettext_lazy(
            "Thématiques, catégories et fonctions proposées au début : chacune se modifie ensuite."
        ),
    )
    first_name = forms.CharField(
        label=gettext_lazy("Votre prénom"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Votre nom"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "family-name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Votre adresse e-mail"),
        help_text=gettext_lazy("Elle vous servira à vous connecter."),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "username"}),
    )
    password1 = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        strip=False,
        help_text=advice_lazy(),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("Le même mot de passe"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack: Any = self.fields["pack"]
        pack.choices = [
            (one.name, _("%(name)s : %(what)s") % {"name": one.label, "what": one.description})
            for one in starting_packs
        ]
        self.initial["pack"] = next((one.name for one in starting_packs if one.is_chosen()), "")
        if len(pack.choices) < 2:
            del self.fields["pack"]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*self.fields)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("Les deux mots de passe diffèrent : saisissez-les à nouveau."))
        elif first:
            account = get_user_model()(
                **{name: given.get(name, "") for name in ("email", "first_name", "last_name")}
            )
            try:
                password_validation.validate_password(first, account)
            except ValidationError as refused:
                self.add_error("password1", refused)
        return given


@door(OPEN)
def first_day(request: HttpRequest) -> HttpResponse:
    """Ask which way to begin, show how far the demonstration is, make the first account."""
    if is_open():
        return _leave(request, "admin:index")
    job = Job.objects.filter(kind=JOB).first()
    if job is not None and not job.is_over:
        return _page(request, job=job)
    if _is_watching(request):
        return _leave(request, "first_day")
    own = settings.DEMO == "0" or request.GET.get("choix") == "donnees"
    if request.method == "POST":
        return _begin_demo() if request.POST.get("choice") == "demo" else _open(request)
    if own:
        return _page(request, form=FirstAccountForm(), answered=settings.DEMO == "0")
    return _page(request, failed=job.message if job else "")


def _is_watching(request: HttpRequest) -> bool:
    """Whether the page that shows the progress asks for its next state."""
    return "HX-Request" in request.headers


def _leave(request: HttpRequest, page: str) -> HttpResponse:
    """Lead to another page, the whole of it even when a part was asked for."""
    if _is_watching(request):
        return HttpResponse(headers={"HX-Redirect": reverse(page)})
    return redirect(page)


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    return render(request, "crm/first_day.html", page_context(request, _("Bienvenue"), **more))


def _begin_demo() -> HttpResponse:
    """Put the demonstration in the queue, once even if two people ask together."""
    try:
        with opening():
            if not Job.objects.filter(kind=JOB, state__in=[Job.State.WAITING, Job.State.RUNNING]).exists():
                job = Job.objects.create(kind=JOB)
                transaction.on_commit(partial(load_demo.enqueue, job.pk))
    except AlreadyOpenError:
        return redirect("admin:index")
    return redirect("first_day")


def _open(request: HttpRequest) -> HttpResponse:
    form = FirstAccountForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, answered=settings.DEMO == "0")
    given = form.cleaned_data
    try:
        user = open_with_own_data(
            association_name=given["association_name"],
            first_name=given["first_name"],
            last_name=given["last_name"],
            email=given["email"],
            password=given["password1"],
            pack=given.get("pack", ""),
        )
    except AlreadyOpenError:
        messages.warning(
            request,
            _("Un compte vient d’être créé sur cette base : connectez-vous, ou demandez-lui un accès."),
        )
        return redirect("account_login")
    messages.success(
        request, _("Votre compte est créé. La suite : importer votre fichier, ou créer une première fiche.")
    )
    return enter(request, user, method="password")
