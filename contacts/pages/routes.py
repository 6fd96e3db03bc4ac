"""The addresses of a contact's own pages and deeds, beside those every admin has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import URLPattern, path, register_converter

from contacts import home
from contacts.pages import decisions, doubles, exchanges, files, past, posts, trash
from crm.models import Purpose


if TYPE_CHECKING:
    from crm.admin.record import RecordAdmin


class _PurposeConverter:
    """A purpose that can be refused, by its code."""

    regex = "|".join(code for code, _label in Purpose.refusable())

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class _AnswerConverter(_PurposeConverter):
    """A yes or a no, as the address says it."""

    regex = "accord|refus"


register_converter(_PurposeConverter, "purpose")
register_converter(_AnswerConverter, "answer")


def contact_urls(admin: RecordAdmin) -> list[URLPattern]:
    """Each view declares its door; the site's own guard stands before it."""
    wrap = admin.admin_site.admin_view
    return [
        path("qualifies/", wrap(home.qualified_count), name="contacts_contact_qualified"),
        path("proches/", wrap(doubles.while_typing), name="contacts_contact_doubles"),
        path("corbeille/", wrap(trash.trash), name="contacts_contact_trash"),
        path("corbeille/<int:pk>/reprendre/", wrap(trash.take_back), name="contacts_contact_take_back"),
        path("<int:pk>/fusionner/", wrap(doubles.choose_other), name="contacts_contact_choose_other"),
        path(
            "<int:kept_pk>/fusionner/<int:absorbed_pk>/", wrap(doubles.compare), name="contacts_contact_merge"
        ),
        path("<int:pk>/fusion/<int:merge>/annuler/", wrap(doubles.unmerge), name="contacts_contact_unmerge"),
        path("<int:pk>/verifiee/", wrap(posts.verified_today), name="contacts_contact_verify"),
        path("<int:pk>/changer-de-poste/", wrap(posts.new_post), name="contacts_contact_post"),
        path("<int:pk>/echange/", wrap(exchanges.note_exchange), name="contacts_contact_exchange"),
        path(
            "<int:pk>/echange/<int:exchange>/",
            wrap(exchanges.change_exchange),
            name="contacts_contact_exchange_change",
        ),
        path(
            "<int:pk>/echange/<int:exchange>/relance/",
            wrap(exchanges.followed_up),
            name="contacts_contact_followed_up",
        ),
        path(
            "<int:pk>/echange/<int:exchange>/retirer/",
            wrap(exchanges.remove_exchange),
            name="contacts_contact_exchange_remove",
        ),
        path(
            "<int:pk>/<purpose:purpose>/<answer:answer>/",
            wrap(decisions.note_decision),
            name="contacts_contact_decision",
        ),
        path("<int:pk>/piece/", wrap(files.add_file), name="contacts_contact_file_add"),
        path("<int:pk>/piece/<int:file>/", wrap(files.download), name="contacts_contact_file"),
        path(
            "<int:pk>/piece/<int:file>/retirer/", wrap(files.remove_file), name="contacts_contact_file_remove"
        ),
        path("<int:pk>/version/", wrap(past.as_of), name="contacts_contact_as_of"),
    ]


def pair_urls(admin: RecordAdmin) -> list[URLPattern]:
    """The page of likely doubles stands where the list of pairs would."""
    wrap = admin.admin_site.admin_view
    return [
        path("", wrap(doubles.pairs), name="contacts_doublepair_changelist"),
        path("differents/", wrap(doubles.judge_different), name="contacts_doublepair_different"),
    ]
