"""Accounts and the association's own row: the manager's pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordMixin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _, gettext_lazy
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from crm.admin.account_deeds import account_deeds, panel, tell_invitation
from crm.admin.record import RecordAdmin
from crm.auditing import record_deed
from crm.models import Association, Deed, User
from crm.roles import Role
from crm.signing_in.again import ask
from crm.signing_in.inviting import is_awaited
from crm.signing_in.listing import end_all


class AccountForm(SetPasswordMixin, forms.ModelForm[User]):
    """An account with its one role; the password is asked when it is made, and may be set anew later."""

    role = forms.ModelChoiceField(
        label=gettext_lazy("Rôle"),
        queryset=Group.objects.filter(name__in=list(Role)),
        empty_label=gettext_lazy("à choisir"),
        widget=UnfoldAdminSelectWidget,
        error_messages={
            "required": gettext_lazy("Choisissez un rôle : il dit ce que la personne voit et peut faire.")
        },
        help_text=gettext_lazy(
            "Responsable de l’outil : tout, comptes et journal compris. Équipe : les fiches, les imports et les exports. "
            "Administrateur·rice et Lecture : lire les fiches, sans coordonnée privée ni note."
        ),
    )
    password1, password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("Mot de passe"), label2=gettext_lazy("Le même mot de passe")
    )
    acting: User | None = None
    """Who fills in the form."""

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
            self.fields[name].required = False
            self.fields[name].help_text = ""
        if self.instance.pk:
            self.initial["role"] = self.instance.groups.filter(name__in=list(Role)).first()
            self.fields["password1"].help_text = _("Laissez vide pour garder le mot de passe actuel.")
        else:
            self.fields["password1"].help_text = _(
                "Laissez vide, et la personne reçoit une invitation pour choisir elle-même comment se connecter."
            )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("password1") or given.get("password2"):
            self.validate_passwords()
            if not (given.get("password1") and given.get("password2")):
                self.add_error("password2", _("Saisissez deux fois le même mot de passe."))
            if "password2" not in self.errors:
                self.validate_password_for_user(self.instance, "password2")
        if self.instance.pk and "role" in given:
            self._keep_a_manager(given["role"], is_active=bool(given.get("is_active")))
        return given

    def _keep_a_manager(self, role: Group, *, is_active: bool) -> None:
        """Nobody closes the account they are using, nor leaves the house without anybody who manages it."""
        if self.instance == self.acting and not is_active:
            self.add_error("is_active", _("Vous ne pouvez pas fermer le compte avec lequel vous travaillez."))
            return
        others = User.objects.select_for_update().managing().exclude(pk=self.instance.pk)
        if (
            is_active
            and role.permissions.filter(content_type__app_label="crm", codename="change_user").exists()
        ):
            return
        if User.objects.managing().filter(pk=self.instance.pk).exists() and not list(others):
            text = _("C’est le dernier compte qui gère l’outil : donnez d’abord ce rôle à quelqu’un d’autre.")
            self.add_error("role" if is_active else "is_active", ValidationError(text))

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        if self.cleaned_data.get("password1"):
            user.set_password(self.cleaned_data["password1"])
        elif user._state.adding:
            user.set_unusable_password()
        return user


@admin.register(User)
class UserAdmin(RecordAdmin):
    """Who may enter, with what role."""

    form = AccountForm
    list_display = ["__str__", "email", "role", "is_active", "last_login"]
    search_fields = ["email", "first_name", "last_name"]
    list_filter = ["is_active"]
    fields = ["email", ("first_name", "last_name"), "role", "is_active", "password1", "password2"]
    save_words = gettext_lazy("Enregistrer le compte")
    save_and_add_words = gettext_lazy("Enregistrer et créer le suivant")
    add_words = gettext_lazy("Créer un compte")
    saved_words = gettext_lazy("Le compte « %(name)s » est enregistré.")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.acting = request.user
        return form

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": _("Nouveau compte"), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = {"title": _("Modifier le compte"), **self._how_it_is_entered(request, object_id)}
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def _how_it_is_entered(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """What the panel above the form says: the invitation that holds, the second factors, the sessions."""
        user = self.get_object(request, object_id)
        return panel(user) if user is not None and self.has_change_permission(request, user) else {}

    @admin.display(description=gettext_lazy("rôle"))
    def role(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    change_form_outer_before_template = "crm/signing_in/account_panel.html"

    def get_urls(self) -> list[URLPattern]:
        return [*account_deeds(self), *super().get_urls()]

    def _changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever changes an account has proved a short while ago who they are."""
        if request.method == "POST" and (question := ask(request)):
            return question
        return super()._changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("password1"):
            record_deed(Deed.FACTOR_CHANGED, by=request.user, on=obj, fields=["password"])
            if obj.pk == request.user.pk:
                update_session_auth_hash(request, obj)
        if change and "is_active" in form.changed_data and not obj.is_active:
            end_all(obj, by=cast("User", request.user))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "role" in form.changed_data:
            record_deed(Deed.ROLE_CHANGED, by=request.user, on=form.instance)
        form.instance.groups.set([form.cleaned_data["role"]])
        if not change and is_awaited(form.instance):
            tell_invitation(request, form.instance)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Where the invitation stands, and its link if it could not be sent."""
        return (
            redirect("admin:crm_user_change", obj.pk)
            if is_awaited(obj)
            else super().response_post_save_add(request, obj)
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is closed, not deleted: what its holder did keeps their name."""
        return False


@admin.register(Association)
class AssociationAdmin(RecordAdmin):
    """There is one row: the list leads straight to it."""

    fieldsets = [
        (None, {"fields": ["name", "short_name", "address", "logo", "siret"]}),
        (
            gettext_lazy("Écrire au nom de l’association"),
            {"fields": ["sender_name", "sender_email", "legal_notice"]},
        ),
        (gettext_lazy("Règles"), {"fields": ["verification_months"]}),
    ]
    change_deed = Deed.CONFIGURED
    save_words = gettext_lazy("Enregistrer l’association")
    saved_words = gettext_lazy("C’est enregistré.")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect("admin:crm_association_change", Association.own().pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(
            request, object_id, form_url, {"title": _("Votre association"), **(extra_context or {})}
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
