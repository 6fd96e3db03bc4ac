"""Leaving the demonstration: a line on the manager's home page, and the page that takes it away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, ngettext

from crm.auditing import record_deed
from crm.demonstrating import remove_demo
from crm.doors import door
from crm.models import Association, Deed, User
from crm.opening import is_open
from crm.pages.frame import page_context
from crm.registry import HomePanel, home_panels
from crm.signing_in.again import again


def register() -> None:
    """The line that says, to who may remove it, that everything here is invented."""
    home_panels.add(
        HomePanel(
            name="demonstration",
            rank=1,
            permission="crm.change_association",
            template="crm/demonstration_panel.html",
            fill=_fill,
        )
    )


def _fill(user: User) -> dict[str, Any]:
    return {"is_demo": Association.objects.filter(pk=1, started_with_demo=True).exists()}


@door("crm.change_association")
@again
def remove_demonstration(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays; on the button, do it."""
    if request.method != "POST":
        return render(request, "crm/demonstration.html", page_context(request, _("Retirer la démonstration")))
    gone = remove_demo()
    record_deed(Deed.CONFIGURED, by=request.user, on=Association.own(), fields=["started_with_demo"])
    if not is_open():
        return redirect("first_day")
    messages.success(
        request,
        ngettext(
            "La démonstration est retirée : %(n)s fiche.",
            "La démonstration est retirée : %(n)s fiches.",
            gone,
        )
        % {"n": gone},
    )
    return redirect("admin:index")
