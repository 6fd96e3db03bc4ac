"""What the import pages ask: the file and what it holds, what its columns mean, what becomes of what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _
from import_export.formats.base_formats import Format
from import_export.forms import ImportForm
from unfold.widgets import SELECT_CLASSES

from crm.importing import IGNORED
from crm.registry import Importer


if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict

LEFT_ASIDE: Final = "-"
"""How the form writes `IGNORED`: an empty choice means that nobody has said yet."""


class Spreadsheet(Format):
    """The one kind of file that comes in: whatever a spreadsheet program saves. `crm.reading` tells them apart by content."""

    EXTENSIONS: Final = (".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv")
    TYPES: Final = (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel",
        "application/vnd.oasis.opendocument.spreadsheet",
        "text/csv",
    )

    def get_title(self) -> Promise:
        return _("Tableur ou CSV")

    def get_extension(self) -> str:
        return self.EXTENSIONS[0].removeprefix(".")

    def get_content_type(self) -> str:
        return self.TYPES[0]

    def can_import(self) -> bool:
        return True


class _Kind:
    """An importer, as import-export's form asks for it: something with a name to show."""

    def __init__(self, importer: Importer) -> None:
        self.importer = importer

    def get_display_name(self) -> str:
        return str(self.importer.label)


class DropZone(forms.FileInput):
    """A file field on which a file may be dropped; without script it is the browser's own."""

    template_name = "crm/imports/drop_zone.html"

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        """By the site's template engine: the one of forms knows the packages' templates only."""
        return render_to_string(template_name, context)


class UploadForm(ImportForm):
    """import-export's own upload form, over our importers: what the file holds, and the file."""

    def __init__(self, importers: Sequence[Importer], **options: Any) -> None:
        super().__init__([Spreadsheet], [_Kind(importer) for importer in importers], **options)
        kind = self.fields["resource"]
        kind.label, kind.required = _("Ce que contient le fichier"), True
        kind.choices = [(importer.kind, importer.label) for importer in importers]
        if len(importers) > 1:
            kind.widget = forms.RadioSelect(choices=kind.choices)
        kind.error_messages["required"] = _("Choisissez ce que contient le fichier.")
        self.initial.setdefault("resource", importers[0].kind)
        if self.initial["resource"] not in {importer.kind for importer in importers} or len(importers) == 1:
            self.initial["resource"] = importers[0].kind
        self.fields["format"].required = False
        self.fields["format"].widget = forms.HiddenInput()
        file = self.fields["import_file"]
        file.label = _("Fichier")
        file.widget = DropZone(attrs={"accept": ",".join((*Spreadsheet.EXTENSIONS, *Spreadsheet.TYPES))})
        file.error_messages |= {
            "required": _("Choisissez un fichier, ou déposez-le dans le cadre."),
            "missing": _("Choisissez un fichier, ou déposez-le dans le cadre."),
            "invalid": _("Le fichier n’est pas arrivé entier. Choisissez-le à nouveau."),
            "empty": _(
                "Ce fichier est vide. Vérifiez que l’enregistrement s’est bien terminé, puis choisissez-le à nouveau."
            ),
            "max_length": _(
                "Le nom de ce fichier est trop long. Raccourcissez-le, puis choisissez-le à nouveau."
            ),
        }
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.include_media = False  # the page has it in its head

    @property
    def media(self) -> forms.Media:
        """Not import-export's script, which guesses a format that nobody is asked for."""
        return forms.Media(js=[Script("crm/imports.js", defer=True)])  # type: ignore[list-item]

    def clean_import_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["import_file"]
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            raise ValidationError(
                _(
                    "Ce fichier pèse %(size)s Mo ; la limite est de %(limit)s Mo. Partagez-le en plusieurs fichiers."
                ),
                params={"size": (file.size or 0) // 2**20 + 1, "limit": settings.IMPORT_MAX_BYTES // 2**20},
            )
        return file


class ColumnsForm(forms.Form):
    """What each heading means. `asked` headings must be settled; the others may be corrected."""

    def __init__(self, *, preview: Mapping[str, Any], importer: Importer, **options: Any) -> None:
        super().__init__(**options)
        self.headings: list[Mapping[str, Any]] = list(preview["headings"])
        self.columns = {column.key: column for column in importer.columns}
        asked: list[str] = []
        known: list[str] = []
        for heading in self.headings:
            name = f"column-{heading['place']}"
            self.fields[name] = self._field(heading)
            (asked if heading["column"] is None else known).append(name)
        self.asked, self.known = self._layout(asked), self._layout(known)

    def _layout(self, names: Iterable[str]) -> list[Any]:
        return [self[name] for name in names]

    def _field(self, heading: Mapping[str, Any]) -> forms.ChoiceField:
        is_asked = heading["column"] is None
        column = heading["column"]
        return forms.ChoiceField(
            label=heading["text"] or gettext("Colonne sans titre"),
            choices=self._choices(heading),
            required=is_asked,
            initial=None if is_asked else (LEFT_ASIDE if column == IGNORED else column),
            help_text=_samples(heading["samples"]),
            error_messages={"required": _("Dites ce que contient cette colonne, ou laissez-la de côté.")},
            widget=forms.Select(attrs={"class": " ".join(SELECT_CLASSES)}),
        )

    def _choices(self, heading: Mapping[str, Any]) -> list[Any]:
        likely = [(key, self.columns[key].label) for key in heading["candidates"] if key in self.columns]
        rest = [
            (key, column.label) for key, column in self.columns.items() if (key, column.label) not in likely
        ]
        aside = [(LEFT_ASIDE, gettext("Laisser cette colonne de côté"))]
        if heading["column"] is None:
            aside.insert(0, ("", gettext("Choisissez…")))
        return [
            *aside,
            *([(gettext("Sans doute"), likely)] if likely else []),
            (gettext("Toutes les colonnes"), rest),
        ]

    def clean(self) -> dict[str, Any]:
        """One heading only for a column that takes one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first: dict[str, str] = {}
        for heading in self.headings:
            name = f"column-{heading['place']}"
            key = cleaned.get(name) or heading["column"]
            if not key or key == LEFT_ASIDE or self.columns[key].several:
                continue
            if key in first:
                self.add_error(
                    name if name in self.changed_data else first[key],
                    _("« %(column)s » est déjà donnée à une autre colonne de ce fichier.")
                    % {"column": self.columns[key].label},
                )
            first.setdefault(key, name)
        return cleaned

    def settled(self) -> dict[int, str]:
        """`{place: column key}` of what was asked, and of what was corrected."""
        return {
            heading["place"]: IGNORED if chosen == LEFT_ASIDE else chosen
            for heading in self.headings
            if (name := f"column-{heading['place']}") in self.changed_data or heading["column"] is None
            if (chosen := self.cleaned_data.get(name, ""))
        }


def _samples(samples: Sequence[str]) -> str:
    if not samples:
        return gettext("Cette colonne est vide.")
    return gettext("Par exemple : %(examples)s") % {"examples": " · ".join(samples)}


def term_choices(
    posted: MultiValueDict[str, str], unknown: Iterable[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """`{vocabulary: {key: choice}}` from the workbench's fields `term|vocabulary|key` and `all|vocabulary`.

    An empty field decides nothing; `all` decides for the terms of a list that nobody has decided one by one.
    """
    found: dict[str, dict[str, str]] = {}
    for term in unknown:
        vocabulary, key = term["vocabulary"], term["key"]
        chosen = posted.get(f"term|{vocabulary}|{key}") or (
            posted.get(f"all|{vocabulary}") if term["choice"] is None else ""
        )
        if chosen and chosen != term["choice"]:
            found.setdefault(vocabulary, {})[key] = str(chosen)
    return found
