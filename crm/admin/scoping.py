"""What an account finds on admin pages: fields by their rights class, records by their scope, in every place that names them.

A field of a class that the account does not see is not in the form, the list, its filters, its search nor its order. A
foreign key to records that it may not look at is treated alike, and so is one whose present record is out of its scope:
what is not in the form stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib.admin import RelatedFieldListFilter
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest

from crm import seeing, sharing
from crm.models.confidential import shares_of


class ScopedRelatedFilter(RelatedFieldListFilter):
    """A filter by another record offers those that the account sees, and keeps no other."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        seen = seeing.seen_rows(field.related_model, request.user)
        return [(row.pk, str(row)) for row in seen]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        found: Any = super().queryset(request, queryset)
        if not self.used_parameters:
            return found
        return found.filter(
            **{f"{self.field_path}__in": seeing.seen_rows(self.field.related_model, request.user)}
        )


class ChosenFieldsMixin:
    """A field that names another record is a box to search in, offers what the account sees, and opens no other window."""

    open_choices: ClassVar[Sequence[str]] = ()
    """Foreign keys whose records may be named to whoever fills this form, whatever their own pages ask."""

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """Another record can be named only if it is there and may be seen."""
        rows: QuerySet[Any] | None = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        model = db_field.remote_field.model
        if db_field.name in self.open_choices:
            return rows if rows is not None else model._default_manager.all()
        if not seeing.may_look_at(request.user, model):
            return model._default_manager.none()
        seen = seeing.seen_rows(model, request.user)
        if not hasattr(seen, "visible_to"):
            return rows
        return seen if rows is None else rows.visible_to(request.user)  # type: ignore[attr-defined]


class ShownFieldsMixin:
    """The fields of a page are those that `crm.seeing` says the account sees."""

    model: type[Model]
    open_choices: ClassVar[Sequence[str]]

    def hidden_fields(self, request: HttpRequest, obj: Any = None) -> set[str]:
        """The fields that are not there for this account; with a record, those that name one out of its scope too."""
        hidden = set(seeing.hidden_fields(self.model, request.user)) - {*self.open_choices}
        for field in self.model._meta.fields if obj is not None else ():
            if field.name not in hidden and _names_unseen(obj, field, request.user):
                hidden.add(field.name)
        return hidden

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        hidden = self.hidden_fields(request, obj)
        kept = []
        for title, options in self.declared_fieldsets(request, obj):
            fields = _without(options["fields"], hidden)
            if fields:
                kept.append((title, {**options, "fields": fields}))
        return kept

    def declared_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The fieldsets before hidden fields are taken out; a model of several kinds answers by kind."""
        return list(super().get_fieldsets(request, obj))  # type: ignore[misc]

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        hidden = self.hidden_fields(request)
        return [
            name
            for name in super().get_list_display(request)  # type: ignore[misc]
            if name not in hidden and seeing.sees_field(request.user, self.model, self._order_of(name))
        ]

    def _order_of(self, name: Any) -> str:
        """The column by which a column of the list sorts."""
        shown = getattr(self, name, None) if isinstance(name, str) else name
        order = getattr(shown, "admin_order_field", None)
        return str(order if isinstance(order, str) else name).lstrip("-")

    def get_list_filter(self, request: Any) -> Sequence[Any]:
        return [*self._scoped_filters(request)]

    def _scoped_filters(self, request: HttpRequest) -> Iterable[Any]:
        hidden = self.hidden_fields(request)
        for item in super().get_list_filter(request):  # type: ignore[misc]
            name = item[0] if isinstance(item, tuple) else item
            if not isinstance(name, str):
                yield item
            elif name.split("__")[0] not in hidden and seeing.sees_field(request.user, self.model, name):
                field = next((one for one in self.model._meta.get_fields() if one.name == name), None)
                model: Any = getattr(field, "related_model", None)
                scoped = model is not None and hasattr(model._default_manager.all(), "visible_to")
                yield (name, ScopedRelatedFilter) if scoped and item == name else item

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        return [
            name
            for name in super().get_search_fields(request)  # type: ignore[misc]
            if seeing.sees_field(request.user, self.model, name.lstrip("^=@"))
        ]


def _names_unseen(obj: Any, field: Any, user: Any) -> bool:
    """Whether this foreign key of a record names one that the account does not see."""
    model = field.related_model
    if model is None or getattr(obj, field.attname) is None:
        return False
    if not hasattr(model._default_manager.all(), "hidden_from"):
        return False
    known: dict[str, bool] = obj.__dict__.setdefault("_unseen_names", {})  # asked several times for one form
    if field.name not in known:
        rows = seeing.seen_rows(model, user).filter(pk=getattr(obj, field.attname))
        known[field.name] = not rows.exists()
    return known[field.name]


def _without(fields: Iterable[Any], hidden: set[str]) -> list[Any]:
    kept: list[Any] = []
    for field in fields:
        if isinstance(field, list | tuple):
            line = [name for name in field if name not in hidden]
            if line:
                kept.append(line)
        elif field not in hidden:
            kept.append(field)
    return kept


class ScopedAutocomplete(AutocompleteJsonView):
    """The boxes in which one types a name: for who may fill the form that has the box, and sees the field it is for."""

    def process_request(self, request: HttpRequest) -> Any:
        term, model_admin, source, to_field = super().process_request(request)
        user: Any = request.user
        asked_by = source.model
        if not may_fill(user, asked_by) or not seeing.sees_field(user, asked_by, source.name):
            raise PermissionDenied
        return term, model_admin, source, to_field


def may_fill(user: Any, model: type[Model]) -> bool:
    """Whether an account may add or change rows of a model, be it one record that was given to it to work on."""
    name = f"{model._meta.app_label}.%s_{model._meta.model_name}"
    if user.has_perm(name % "add") or user.has_perm(name % "change"):
        return True
    roots = [model, *(field.related_model for field in model._meta.fields)]
    return any(
        shares.objects.live()
        .filter(user=user.pk, permission__codename__startswith=f"{sharing.CHANGE}_")
        .exists()
        for shares in (shares_of(root) for root in roots if root is not None)
        if shares is not None
    )
