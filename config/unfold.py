"""The look: one accent, one sidebar in the order of the day. Colours are set here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _


if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _may(*permissions: str) -> Callable[[HttpRequest], bool]:
    """A sidebar entry shows to who holds one of these rights."""
    return lambda request: any(request.user.has_perm(permission) for permission in permissions)


def _entry(title: StrPromise, icon: str, page: str, *permissions: str, query: str = "") -> dict[str, Any]:
    """One line of the sidebar: a page by its name, and the preset filter it opens with."""

    def link(request: HttpRequest) -> str:
        return reverse(f"admin:{page}") + (f"?{query}" if query else "")

    def active(request: HttpRequest) -> bool:
        here = getattr(request.resolver_match, "view_name", "") == f"admin:{page}"
        asked = parse_qs(query)
        return here and all(request.GET.getlist(name) == values for name, values in asked.items())

    return {"title": title, "icon": icon, "link": link, "active": active, "permission": _may(*permissions)}


def _picture(name: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(f"crm/{name}")


_SEE = "contacts.view_contact"
_MANAGE = "crm.change_association"

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Maillage",
    "SITE_HEADER": "Maillage",
    "SITE_URL": None,  # the site is the admin: there is no other to go to
    "SITE_SUBHEADER": "crm.pages.context.association_name",
    "SITE_ICON": {
        "light": _picture("mark-light.svg"),
        "dark": _picture("mark-dark.svg"),
    },
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _picture("mark-light.svg")}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "6px",
    "STYLES": [_picture("maillage.css"), _picture("list.css")],
    "SCRIPTS": [_picture("maillage.js"), _picture("once.js"), _picture("shortcuts.js"), _picture("list.js")],
    "ACCOUNT": {"navigation": [{"title": _("Ma connexion"), "link": reverse_lazy("mfa_index")}]},
    "DASHBOARD_CALLBACK": "crm.pages.home.fill",
    "COLORS": {
        # Deep teal, about oklch(0.52 0.09 200).
        "primary": {
            "50": "oklch(97.5% .012 200)",
            "100": "oklch(94% .025 200)",
            "200": "oklch(88% .045 200)",
            "300": "oklch(80% .065 200)",
            "400": "oklch(70% .085 200)",
            "500": "oklch(60% .09 200)",
            "600": "oklch(50% .088 200)",
            "700": "oklch(44% .08 200)",
            "800": "oklch(38% .068 200)",
            "900": "oklch(32% .055 200)",
            "950": "oklch(24% .04 200)",
        },
        # Warm grey.
        "base": {
            "50": "oklch(98.5% .003 75)",
            "100": "oklch(96.5% .004 75)",
            "200": "oklch(92% .006 75)",
            "300": "oklch(86.5% .008 75)",
            "400": "oklch(70.5% .012 75)",
            "500": "oklch(53% .014 75)",
            "600": "oklch(43% .013 75)",
            "700": "oklch(36% .012 75)",
            "800": "oklch(27% .01 75)",
            "900": "oklch(21% .008 75)",
            "950": "oklch(15% .006 75)",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {"items": [{"title": _("Accueil"), "icon": "home", "link": reverse_lazy("admin:index")}]},
            {
                "title": _("Réseau"),
                "items": [
                    _entry(
                        _("Personnes"),
                        "person",
                        "contacts_contact_changelist",
                        _SEE,
                        query="kind__exact=person",
                    ),
                    _entry(
                        _("Structures"),
                        "domain",
                        "contacts_contact_changelist",
                        _SEE,
                        query="kind__exact=organisation",
                    ),
                    _entry(_("Démarches"), "hub", "contacts_scheme_changelist", "contacts.view_scheme"),
                    _entry(
                        _("Territoires"), "map", "contacts_territory_changelist", "contacts.view_territory"
                    ),
                    _entry(
                        _("Fiches proches"),
                        "join_inner",
                        "contacts_doublepair_changelist",
                        "contacts.merge_contact",
                    ),
                    _entry(_("Corbeille"), "delete", "contacts_contact_trash", "contacts.delete_contact"),
                ],
            },
            {
                "title": _("Réglages"),
                "separator": True,
                "items": [
                    _entry(_("Listes fermées"), "list_alt", "vocabularies", "contacts.view_theme"),
                    _entry(_("Association"), "badge", "crm_association_changelist", _MANAGE),
                    _entry(_("Comptes"), "manage_accounts", "crm_user_changelist", "crm.view_user"),
                    _entry(_("Imports"), "upload_file", "crm_importbatch_changelist", "crm.view_importbatch"),
                    _entry(_("Exports"), "download", "crm_export_changelist", "crm.view_export"),
                    _entry(_("Journal"), "history", "crm_auditentry_changelist", "crm.view_auditentry"),
                ],
            },
        ],
    },
}
