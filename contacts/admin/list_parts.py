"""What the list asks for once it is shown: the values of a filter with their counts, names to choose from, other words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from contacts.admin.narrowing import SEARCH, Narrowing
from contacts.known_words import nearest
from contacts.models import Scheme, Territory
from crm.doors import door
from crm.folding import search_words
from crm.templatetags.french import grouped


OFFERED = 20
LONGEST_TYPED = 80


@require_GET
@door("contacts.view_contact")
def filter_values(request: HttpRequest, name: str) -> HttpResponse:
    """The values of one filter, each with the number of contacts it would give beside the other filters in force."""
    narrowing = Narrowing(request, request.GET)
    one = narrowing.named(name)
    if one is None or not one.lazy:
        raise Http404
    options = one.options(narrowing.rows(but=name))
    return render(request, "contacts/list/filter_values.html", {"filter": one, "options": options})


@require_GET
@door("contacts.view_contact")
def how_many(request: HttpRequest) -> HttpResponse:
    """How many contacts the filters being chosen would give."""
    n = Narrowing(request, request.GET).rows().count()
    label = ngettext("Voir %(n)s contact", "Voir %(n)s contacts", n) % {"n": grouped(n)}
    return HttpResponse(label, content_type="text/plain; charset=utf-8")


@require_GET
@door("contacts.view_contact")
def suggestions(request: HttpRequest) -> HttpResponse:
    """After a search that found nothing: the nearest words that are known, if they find something."""
    narrowing = Narrowing(request, request.GET)
    meant = nearest(narrowing.seen, narrowing.text) if narrowing.text else ""
    found = narrowing.seen.matching(meant).count() if meant else 0
    address = f"{reverse('admin:contacts_contact_changelist')}?{narrowing.query(changes={SEARCH: meant})}"
    context = {"meant": meant if found else "", "found": found, "address": address}
    return render(request, "contacts/list/suggestions.html", context)


@require_GET
@door("contacts.view_contact", "contacts.view_territory")
def territory_choices(request: HttpRequest) -> JsonResponse:
    """Territories by what is typed, the widest first: `{"results": [{"value", "label", "hint"}]}`."""
    typed = request.GET.get("term", "")[:LONGEST_TYPED].replace("\x00", "")
    if not search_words(typed):
        return JsonResponse({"results": []})
    found = Territory.objects.selectable().named_like(typed).largest_first()[:OFFERED]
    return JsonResponse(
        {
            "results": [
                {"value": f"{place.level}:{place.code}", "label": str(place), "hint": _level_of(place)}
                for place in found
            ]
        }
    )


def _level_of(place: Territory) -> str:
    level = Territory.Level(place.level)
    return str(level.label)


@require_GET
@door("contacts.view_contact", "contacts.view_scheme")
def scheme_choices(request: HttpRequest) -> JsonResponse:
    """Schemes by what is typed: `{"results": [{"value", "label", "hint"}]}`."""
    words = search_words(request.GET.get("term", "")[:LONGEST_TYPED].replace("\x00", ""))
    schemes = Scheme.objects.visible_to(request.user).select_related("type")
    for word in words:
        schemes = schemes.filter(pk__in=Scheme.objects.mentioning(word, request.user).values("pk"))
    found = schemes.order_by("name", "pk")[:OFFERED] if words else []
    return JsonResponse(
        {
            "results": [
                {"value": str(scheme.pk), "label": scheme.name, "hint": scheme.type.name} for scheme in found
            ]
        }
    )
