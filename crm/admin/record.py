"""The one base of every admin page: deny by default, audit instead of LogEntry, rights on fields, a page to read first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from crm.admin.comparing import tell_what_was_kept
from crm.admin.lending import LentRecordsMixin
from crm.admin.locking import LockingMixin
from crm.admin.scoping import ChosenFieldsMixin, ShownFieldsMixin
from crm.auditing import record_deed
from crm.deleting import objections_to
from crm.doors import SIGNED_IN
from crm.models import Deed, RecentRecord
from crm.pages.frame import page_context
from crm.records import one_act
from crm.seeing import note_reading
from crm.sharing import may


if TYPE_CHECKING:
    from django.forms import Form

    from crm.models import User


FILTER_LOOKUPS = frozenset({"", "exact", "id__exact", "in", "isnull", "gt", "gte", "lt", "lte"})
"""What the address of a list may ask of a field that has a filter."""


class RecordList(ChangeList):
    """A list whose rows lead to the page one reads, not to the form."""

    def url_for_result(self, result: Model) -> str:
        return self.model_admin.url_of(result)


class RecordAdmin(LockingMixin, ChosenFieldsMixin, ShownFieldsMixin, LentRecordsMixin, ModelAdmin):
    """Every registered model uses this class or one below it (a system check says so)."""

    save_words = _("Enregistrer")
    save_and_add_words = _("Enregistrer et saisir le suivant")
    delete_words = _("Supprimer")
    saved_words = _("C’est enregistré : « %(name)s ».")
    add_words = _("Ajouter")
    empty_words = _("Rien encore.")

    door = (SIGNED_IN,)  # each view below asks Django's own has_*_permission, which asks the roles table
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = False  # counts beside filters load when a filter is opened
    list_filter_submit = True
    list_fullwidth = True
    warn_unsaved_form = True
    actions_on_bottom = False
    actions_on_top = True
    list_display_links: Sequence[str] | None = ()  # the first column leads to the record
    record_template: str | None = None
    change_deed = Deed.CHANGED
    actions: Sequence[str] = []

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RecordList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only what this account may see: out of scope answers as absent."""
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the parameters that declared filters send: neither a hidden field nor another record's answers through the address bar."""
        name, _step, how = lookup.partition("__")
        declared = {item[0] if isinstance(item, tuple) else item for item in self.get_list_filter(request)}
        names = {one if isinstance(one, str) else getattr(one, "parameter_name", "") for one in declared}
        return name in names and how in FILTER_LOOKUPS

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the role where the record lets it, or because it was given to this account (`crm.sharing.may`)."""
        if not isinstance(obj, Model):  # none, or the key of one that the library has not read
            return super().has_view_permission(request)
        return may(request.user, "view", obj) or may(request.user, "change", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not isinstance(obj, Model):
            return super().has_change_permission(request)
        return may(request.user, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not isinstance(obj, Model):
            return super().has_delete_permission(request)
        return may(request.user, "delete", obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    # --- the page one reads ---------------------------------------------------------------------------

    def url_of(self, record: Model) -> str:
        page = "record" if self.record_template else "change"
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[record.pk])

    def get_urls(self) -> list[URLPattern]:
        urls = super().get_urls()
        if self.record_template:
            name = f"{self.opts.app_label}_{self.opts.model_name}_record"
            urls = [path("<int:object_id>/", self.admin_site.admin_view(self.record_view), name=name), *urls]
        return [*self.sharing_urls(), *urls]

    def record_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The record as one reads it; editing is one button away."""
        record = self.get_object(request, str(object_id))
        if record is None or not self.has_view_permission(request, record):
            raise Http404
        self.remember_seen(request, record)
        note_reading(request.user, record)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(record),
            "record": record,
            "has_change_permission": self.has_change_permission(request, record),
            "has_delete_permission": self.has_delete_permission(request, record),
            "sees": lambda: self.who_sees(request, record),  # asked for by the templates that show it
            **self.record_context(request, record),
        }
        return TemplateResponse(request, self.record_template, context)  # type: ignore[arg-type]

    def record_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What the record's page shows besides the record itself."""
        return {}

    def remember_seen(self, request: HttpRequest, record: Model) -> None:
        """Keep this record among those the account saw last; an audit of reads this is not."""
        seen = RecentRecord.objects.filter(user=request.user.pk)
        RecentRecord.objects.update_or_create(
            user=cast("User", request.user),
            model=self.opts.label_lower,
            record=str(record.pk),
            defaults={"seen_at": timezone.now()},
        )
        old = seen.order_by("-seen_at").values_list("pk", flat=True)[RecentRecord.KEPT :]
        if surplus := list(old):
            seen.filter(pk__in=surplus).delete()

    def response_after(self, request: HttpRequest, record: Model) -> HttpResponse:
        return redirect(self.url_of(record))

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return (
            self.response_after(request, obj)
            if self.record_template
            else super().response_post_save_change(request, obj)
        )

    def response_post_save_add(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return (
            self.response_after(request, obj)
            if self.record_template
            else super().response_post_save_add(request, obj)
        )

    # --- the form -------------------------------------------------------------------------------------

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """What one form writes is one act; what somebody else wrote since it was shown is not undone by it."""
        if request.method == "POST" and object_id and (asking := self.put_together(request, object_id)):
            return asking
        with one_act(by=cast("User", request.user)):
            return super()._changeform_view(request, object_id, *args, **kwargs)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Who may only read is led to the page one reads."""
        if self.record_template:
            record = self.get_object(request, object_id)
            if record is None:
                raise Http404
            if not self.has_change_permission(request, record):
                return redirect(self.url_of(record))
            note_reading(request.user, record)
        return super().change_view(request, object_id, form_url, extra_context)

    def response_add(
        self, request: HttpRequest, obj: Model, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._response_saved(request, obj, self.response_post_save_add)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return self._response_saved(request, obj, self.response_post_save_change)

    def _response_saved(
        self, request: HttpRequest, obj: Model, go_on: Callable[[HttpRequest, Model], HttpResponse]
    ) -> HttpResponse:
        """Say what was saved, in our words; then the record, the same form, or the next one."""
        messages.success(request, self.saved_words % {"name": obj})
        tell_what_was_kept(request)
        if "_continue" in request.POST:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", obj.pk)
        if "_addanother" in request.POST:
            return redirect(request.get_full_path())
        return go_on(request, obj)

    # --- deeds ----------------------------------------------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        record_deed(Deed.ADDED, by=request.user, on=obj)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        fields = [
            name
            for part in message
            if isinstance(part, dict)
            for name in part.get("changed", {}).get("fields", [])
        ]
        record_deed(self.change_deed, by=request.user, on=obj, fields=fields)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            record_deed(Deed.DELETED, by=request.user, on=obj)

    def construct_change_message(
        self, request: HttpRequest, form: Form, formsets: Any, add: bool = False
    ) -> Any:
        """Which fields changed, by name; never to what."""
        changed = list(form.changed_data)
        for formset in formsets or ():
            for row in formset.forms:
                if row.changed_data:
                    changed.append(formset.model._meta.model_name)
                    break
        return [{"changed": {"fields": changed}}]

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What others need is not deleted; the page says who needs it."""
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        if self.has_delete_permission(request, record) and (
            objections := objections_to(record, request.user)
        ):
            context = page_context(
                request,
                _("Supprimer « %(name)s »") % {"name": record},
                record=record,
                objections=objections,
                back=self.url_of(record),
            )
            return TemplateResponse(request, "crm/not_deleted.html", context)
        return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """How many rows go with it, by kind; none is named, for this account may not see each of them."""
        _names, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return [], counts, lacking, [_("Des fiches s’en servent.")] if protected else []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Records that know the trash go there; the others are deleted."""
        if hasattr(obj, "put_in_trash"):
            obj.put_in_trash()
        else:
            super().delete_model(request, obj)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The stock page reads LogEntry, which stays empty here; rooms show the history on the record's own page."""
        raise Http404


class PartInline(ChosenFieldsMixin, TabularInline):
    """The rows that belong to a record, edited with it."""

    template = "crm/part_inline.html"
    add_words: Any = ""
    extra = 0
    tab = False
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self._may_work_on(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:
        return super().has_add_permission(request, obj) or self._may_work_on(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) or self._may_work_on(request, obj)

    def _may_work_on(self, request: HttpRequest, obj: Any) -> bool:
        """Who was given the record to work on writes its rows too, and takes none away."""
        return obj is not None and obj.pk is not None and may(request.user, "change", obj)
