"""The interface is wholly French, and wholly English for who chooses it; a library upgrade that adds English is found."""

from __future__ import annotations

import re

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext

from tests import catalogues


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_catalogue_holds_every_string_and_no_other(language):
    catalogue = polib.pofile(str(catalogues.path_of(language)))

    held = sorted(catalogues.Message(e.msgid, e.msgid_plural, e.msgctxt or "") for e in catalogue)

    assert held == catalogues.wanted(language)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_string_is_translated(language):
    assert catalogues.untranslated(polib.pofile(str(catalogues.path_of(language)))) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_compiled_catalogue_is_the_written_one(language):
    written = polib.pofile(str(catalogues.path_of(language)))
    compiled = polib.mofile(str(catalogues.path_of(language).with_suffix(".mo")))

    assert {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled} == {
        (e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in written
    }


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_translation_keeps_the_places_where_values_go(language):
    places = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

    broken = [
        entry.msgid
        for entry in polib.pofile(str(catalogues.path_of(language)))
        for text in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if not set(places.findall(text)) <= set(places.findall(entry.msgid + entry.msgid_plural))
    ]

    assert broken == []


def test_a_string_of_the_look_is_french_on_screen():
    with translation.override("fr"):
        assert gettext("Type to search") == "Tapez pour chercher"
