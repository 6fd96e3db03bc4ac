"""Stock pages: nothing set that a first afternoon would not set."""

from __future__ import annotations

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget, ManyToManyWidget

from bench.plain.models import Contact, Department, Theme


class ContactResource(ModelResource):
    department = Field("department", "department", ForeignKeyWidget(Department, "name"))
    themes = Field("themes", "themes", ManyToManyWidget(Theme, ";", "name"))

    class Meta:
        model = Contact
        fields = [
            "id",
            "last_name",
            "first_name",
            "organisation",
            "function",
            "email",
            "phone",
            "department",
            "themes",
        ]


@admin.register(Contact)
class ContactAdmin(ImportExportModelAdmin):
    resource_classes = [ContactResource]
    list_display = ["last_name", "first_name", "organisation", "function", "email", "department"]
    list_filter = ["department", "themes"]
    search_fields = ["last_name", "first_name", "organisation", "email"]
