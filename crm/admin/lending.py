"""« Qui voit cette fiche » : whose a record is, who it is given to and until when; giving it, taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _, gettext_lazy
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from crm import roles, sharing
from crm.models import Share, User
from crm.models.confidential import shares_of
from crm.pages.frame import page_context


if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.db.models.options import Options


class ShareForm(forms.Form):
    """To whom, to do what, until when."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("À qui ?"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choisissez un·e collègue"),
        widget=UnfoldAdminSelectWidget,
        error_messages={"required": gettext_lazy("Choisissez à qui vous confiez cette fiche.")},
    )
    right = forms.ChoiceField(
        label=gettext_lazy("Pour quoi faire ?"),
        choices=[
            (sharing.VIEW, gettext_lazy("La voir")),
            (sharing.CHANGE, gettext_lazy("La voir et travailler dessus")),
        ],
        initial=sharing.VIEW,
        widget=UnfoldAdminRadioSelectWidget,
    )
    until = forms.DateField(
        label=gettext_lazy("Jusqu’au"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("Ce jour compris. Sans date, jusqu’à ce que vous la retiriez."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, record: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record, self.by = record, by
        self.given: Share | None = None
        others = User.objects.filter(is_active=True).exclude(pk__in=[by.pk, record.owner_id or by.pk])
        self.fields["to"].queryset = others  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        """Giving is part of checking: what refuses is said beside its field."""
        given = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.given = sharing.share(
                    self.record,
                    to=given["to"],
                    right=given["right"],
                    until=given["until"],
                    reason=given["reason"],
                    by=self.by,
                )
            except ValidationError as refused:
                self.add_error(None if not hasattr(refused, "error_dict") else "until", refused.messages)
        return given


class LentRecordsMixin:
    """The pages by which a record is given; a model without a table of shares has none."""

    model: type[Model]
    opts: Options[Any]
    admin_site: AdminSite

    def sharing_urls(self) -> list[URLPattern]:
        if shares_of(self.model) is None:
            return []
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<int:object_id>/confier/", wrap(self.share_view), name=f"{name}_share"),
            path(
                "<int:object_id>/confier/<int:pk>/retirer/", wrap(self.unshare_view), name=f"{name}_unshare"
            ),
        ]

    def _lent(self, request: HttpRequest, object_id: int) -> Any:
        """The record, for who may give it; out of scope answers as absent."""
        record = self.get_object(request, str(object_id))  # type: ignore[attr-defined]
        if record is None:
            raise Http404
        if not sharing.may_share(request.user, record):
            raise PermissionDenied
        return record

    def share_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """GET asks, POST gives."""
        record = self._lent(request, object_id)
        form = ShareForm(request.POST or None, record=record, by=request.user)
        if request.method == "POST" and form.is_valid():
            text = _("La fiche est confiée à %(name)s.")
            messages.success(request, text % {"name": form.cleaned_data["to"]})
            return redirect(self.url_of(record))  # type: ignore[attr-defined]
        context = page_context(
            request,
            _("Confier cette fiche"),
            record=record,
            form=form,
            back=self.url_of(record),  # type: ignore[attr-defined]
        )
        return TemplateResponse(request, "crm/sharing/give.html", context)

    def unshare_view(self, request: HttpRequest, object_id: int, pk: int) -> HttpResponse:
        """Taken back at once."""
        record = self._lent(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        share = record.shares.filter(pk=pk).select_related("user").first()
        if share is None:
            raise Http404
        sharing.unshare(record, to=share.user, by=request.user)  # type: ignore[arg-type]
        messages.success(
            request, _("C’est fait : la fiche n’est plus confiée à %(name)s.") % {"name": share.user}
        )
        return redirect(self.url_of(record))  # type: ignore[attr-defined]

    def who_sees(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What the panel says; empty for an account that has nothing to decide here."""
        may_share = sharing.may_share(request.user, record)
        shares = list(record.shares.select_related("user", "given_by", "permission"))
        mine = next((one for one in shares if one.user_id == request.user.pk and not one.is_over), None)
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        right = "see_confidential" if record.is_confidential else f"view_{self.opts.model_name}"
        return {
            "may_share": may_share,
            "mine": mine,
            "owner": record.owner,
            "roles": roles.holding(f"{self.opts.app_label}.{right}"),
            "shares": [
                {"share": one, "url": reverse(f"admin:{name}_unshare", args=[record.pk, one.pk])}
                for one in shares
            ]
            if may_share
            else [],
            "give_url": reverse(f"admin:{name}_share", args=[record.pk]),
        }
