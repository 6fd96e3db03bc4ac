"""« Ce que ce compte a vu et emporté » : what one account did between two days, from the journal. Answers the first
question after a breach, so it must be read in one look and printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_GET
from django_stubs_ext import StrOrPromise
from unfold.widgets import UnfoldAdminSelectWidget

from crm import sealing
from crm.doors import door
from crm.journal import Line, lines
from crm.models import AuditEntry, Deed, User
from crm.models.audit import TERM_MONTHS
from crm.pages.frame import page_context
from crm.templatetags.french import grouped


PER_PAGE: Final = 300
USUAL_DAYS: Final = 30


@dataclass(frozen=True)
class Group:
    """Deeds that are counted together. `rows` says their lines in the plural, when a line stands for several rows."""

    code: str
    label: StrOrPromise
    deeds: Sequence[Deed]
    counts_rows: bool = False


GROUPS: Final = (
    Group("exports", gettext_lazy("Exports et fichiers emportés"), [Deed.EXPORTED], counts_rows=True),
    Group("lectures", gettext_lazy("Fiches confidentielles lues"), [Deed.READ]),
    Group("refus", gettext_lazy("Accès refusés"), [Deed.REFUSED]),
    Group(
        "connexions",
        gettext_lazy("Connexions"),
        [Deed.SIGNED_IN, Deed.SIGN_IN_FAILED, Deed.SIGNED_OUT, Deed.SESSION_ENDED, Deed.FACTOR_CHANGED],
    ),
    Group("imports", gettext_lazy("Imports"), [Deed.IMPORTED, Deed.IMPORT_UNDONE], counts_rows=True),
    Group("fusions", gettext_lazy("Fusions"), [Deed.MERGED, Deed.UNMERGED]),
    Group("suppressions", gettext_lazy("Suppressions"), [Deed.DELETED]),
    Group("partages", gettext_lazy("Partages"), [Deed.SHARED, Deed.UNSHARED]),
    Group(
        "ecritures",
        gettext_lazy("Créations, modifications, réglages"),
        [Deed.ADDED, Deed.CHANGED, Deed.RESTORED, Deed.CONFIGURED, Deed.INVITED, Deed.ROLE_CHANGED],
    ),
)


class AskForm(forms.Form):
    """Whose deeds, and between which two days, both included."""

    compte = forms.ModelChoiceField(
        User.objects.order_by("last_name", "first_name", "email"),
        label=gettext_lazy("Compte"),
        empty_label=gettext_lazy("Choisissez un compte"),
        widget=UnfoldAdminSelectWidget,
        error_messages={
            "required": gettext_lazy("Choisissez un compte."),
            "invalid_choice": gettext_lazy("Ce compte n’existe pas."),
        },
    )
    du = forms.DateField(label=gettext_lazy("Du"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    au = forms.DateField(label=gettext_lazy("Au"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in ("du", "au"):
            if name in given and not 2000 <= given[name].year < 3000:
                self.add_error(name, _("Cette date est trop loin."))
        if given.get("du") and given.get("au") and given["du"] > given["au"]:
            self.add_error("au", _("Ce jour est avant le premier."))
        return given


@require_GET
@door("crm.view_auditentry")
def account_trace(request: HttpRequest) -> HttpResponse:
    """Totals first, then each line by day."""
    today = timezone.localdate()
    usual = {"du": today - timedelta(days=USUAL_DAYS), "au": today}
    form = AskForm(request.GET) if "compte" in request.GET else AskForm(initial=usual)
    answer = _answer(request, form.cleaned_data) if form.is_bound and form.is_valid() else {}
    context = page_context(
        request,
        _("Ce que ce compte a vu et emporté"),
        form=form,
        seal=sealing.head(),
        kept_since=today - relativedelta(months=TERM_MONTHS),
        **answer,
    )
    return TemplateResponse(request, "crm/journal/account.html", context)


def deeds_of(account: User, first: date, last: date) -> QuerySet[AuditEntry]:
    """What this account did on these days, and what the product wrote about its own sign-ins."""
    begin = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    return AuditEntry.objects.filter(_is_theirs(account), at__gte=begin, at__lt=end)


def _is_theirs(account: User) -> Q:
    """Their own deeds; a failed sign-in has no author, and names the account that was tried."""
    tried = Q(actor=None, deed=Deed.SIGN_IN_FAILED, model=User._meta.label_lower, record=str(account.pk))
    return Q(actor=account) | tried


def _answer(request: HttpRequest, given: Mapping[str, Any]) -> dict[str, Any]:
    found = deeds_of(given["compte"], given["du"], given["au"])
    totals = {
        row["deed"]: (row["lines"], row["rows"])
        for row in found.order_by().values("deed").annotate(lines=Count("pk"), rows=Sum("count"))
    }
    chosen = next((group for group in GROUPS if group.code == request.GET.get("voir")), None)
    shown = found.filter(deed__in=chosen.deeds) if chosen else found
    page = Paginator(shown.select_related("actor").order_by("at", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    query = request.GET.copy()
    for name in ("voir", "page"):
        query.pop(name, None)
    return {
        "account": given["compte"],
        "first": given["du"],
        "last": given["au"],
        "figures": [_figure(group, totals, query.urlencode()) for group in GROUPS],
        "chosen": chosen,
        "query": query.urlencode(),
        "page": page,
        "days": _by_day(lines(page, reader=request.user)),  # type: ignore[arg-type]
        "total": sum(count for count, _rows in totals.values()),
    }


def _figure(group: Group, totals: Mapping[str, tuple[int, int]], query: str) -> dict[str, Any]:
    count = sum(totals.get(deed, (0, 0))[0] for deed in group.deeds)
    rows = sum(totals.get(deed, (0, 0))[1] for deed in group.deeds)
    more = ""
    if group.counts_rows and count:
        more = ngettext("%(n)s ligne en tout", "%(n)s lignes en tout", rows) % {"n": grouped(rows)}
    return {"label": group.label, "count": count, "more": more, "url": f"?{query}&voir={group.code}"}


def _by_day(found: list[Line]) -> list[tuple[date, list[Line]]]:
    return [(day, [*these]) for day, these in groupby(found, lambda line: timezone.localtime(line.at).date())]
