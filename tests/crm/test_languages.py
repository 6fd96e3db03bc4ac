"""Each page speaks one language: no English word on a French page, no French one on an English page, data aside.

Read are the scenes of the pictures, which hold every address that answers a page: what a page shows, what it says to who
cannot see it, what it proposes to type. A word is looked for in a short list; a whole text, in all the catalogues.
"""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import django
import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import translation

from contacts.demo.making import make
from contacts.models.vocabulary import Term
from crm import addresses
from crm.roles import Role
from tests import catalogues, scenes, staging
from tests.conftest import ClientAs
from tests.factories import UserFactory


# Words of buttons, menus and messages that no French page needs; those both languages share (date, actions …) are out.
ENGLISH = re.compile(
    r"""\b(add|added|all|and|apply|are|back|browse|cancel|changed|choose|clear|close|create|created|delete|deleted|
    download|edit|empty|enter|error|field|file|filters?|first|forgot|from|go|have|help|hide|home|is|items?|last|loading|
    log\ ?in|log\ ?out|my|name|new|next|no|none|not|of|open|password|please|previous|records?|remove|required|reset|
    results?|return|run|save|saved|search|see|select|send|show|sign|submit|the|these|this|to|today|unknown|update|
    upload|users?|view|was|welcome|with|without|yes|you|your)\b""",
    re.VERBOSE | re.IGNORECASE,
)
FRENCH = re.compile(
    r"""\b(aucune?|ajouter|annuler|chercher|choisir|choisissez|créer|dernière|enlever|enregistrer|enregistrée?|fermer|
    fiches?|filtres?|importer|modifier|nouvelle|ouvrir|précédente?|retirer|revenir|suivante?|supprimer|toutes|votre|
    vous)\b""",
    re.VERBOSE | re.IGNORECASE,
)
NOT_WORDS = re.compile(r"\S+@\S+|https?://\S+|\S+\.(?:csv|xlsx|pdf|example|org)\b|manage\.py \w+|make run")
SPOKEN = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "label",
    "placeholder",
    "title",
}
MUTE = {"script", "style", "code", "kbd"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

URL_NAMES = {page.name for page in addresses.pages()}


class _Reader(HTMLParser):
    """Gathers what a person sees or hears of a page. An icon is no word; what says its own language may keep it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        silent = (
            tag in MUTE
            or (tag != "html" and "lang" in known)
            or "material-symbols-outlined" in (known.get("class") or "")
            or (bool(self.open) and self.open[-1][1])
        )
        if not silent:
            self.texts += [value for key, value in attrs if key in SPOKEN and value]
            if tag == "input" and known.get("type") in {"submit", "button", "reset"}:
                self.texts.append(known.get("value") or "")
        if tag not in VOID:
            self.open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _silent in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1][1]):
            self.texts.append(data)


def texts_of(html: str) -> set[str]:
    reader = _Reader()
    reader.feed(html)
    return {" ".join(text.split()).lstrip("— ") for text in reader.texts if text.strip()}


def pages(base: str, language: str, client_as: ClientAs, *, all_of_them: bool) -> dict[str, set[str]]:
    """Each page of this base with what it says in this language; else only the scenes that somebody has named."""
    clients: dict[Role | None, Client] = {None: Client()}
    clients |= {role: client_as(role) for role in Role}
    for client in clients.values():
        client.raise_request_exception = False
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    found: dict[str, set[str]] = {}
    for scene in scenes.scenes(base):
        if scene.path in found or not (all_of_them or f"admin:{scene.name}" not in URL_NAMES):
            continue
        answer = clients[scene.role].get(scene.path)
        body = b"".join(answer) if answer.streaming else answer.content
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            found[scene.path] = texts_of(body.decode())
    return found


@cache
def strings(language: str) -> dict[str, str]:
    """Every string of the site and of its libraries in that language, with the same in the other; in small letters."""
    libraries = Path(django.__file__).parent
    french = [
        *(
            libraries / place / "locale/fr/LC_MESSAGES/django.mo"
            for place in ("conf", "contrib/admin", "contrib/auth")
        ),
        catalogues.path_of("fr").with_suffix(".mo"),
    ]
    english = catalogues.path_of("en").with_suffix(".mo")
    pairs = [(entry.msgid, entry.msgstr) for path in french for entry in polib.mofile(str(path))]
    pairs += [(entry.msgstr, entry.msgid) for entry in polib.mofile(str(english))]
    if language == "fr":
        pairs = [(in_french, in_english) for in_english, in_french in pairs]
    return {_small(said): _small(other) for said, other in pairs if said and other}


def _small(text: str) -> str:
    return " ".join(text.split()).lower()


def foreign(texts: set[str], language: str, data: frozenset[str] = frozenset()) -> list[str]:
    """Those that are not of this language: they hold one of the words, or are a whole string of the other language."""
    words, other = (ENGLISH, strings("en")) if language == "fr" else (FRENCH, strings("fr"))
    return sorted(
        text
        for text in texts
        if _small(text) not in data
        and (
            words.search(NOT_WORDS.sub(" ", text))
            or (len(text) > 2 and _small(text) in other and _small(text) not in strings(language))
        )
    )


def stage(base: str) -> None:
    """A base with something to show on each page; its imports are planned in the language in use."""
    if base == scenes.FULL:
        make(contacts=30)
        staging.stage(UserFactory(role=Role.MANAGER))


def data_in_french() -> frozenset[str]:
    """What the closed lists hold, and the words of the files that are staged."""
    terms = [
        term for model in apps.get_models() if issubclass(model, Term) for term in model._base_manager.all()
    ]
    held = {text for term in terms for text in (term.code, term.name, term.definition)}
    return frozenset(_small(text) for text in held | set(re.split(r"[;,\n]", staging.LIST)))


def test_what_a_page_says_is_heard_in_all_its_parts():
    page = """<html lang="fr"><title>Search</title><script>const save = 1</script>
        <i class="material-symbols-outlined">close</i><button aria-label="Next"><b>Suivant</b></button>
        <span lang="en">English</span><br><img alt="The map"><input type="submit" value="Save" placeholder="Votre nom">"""

    heard = texts_of(page)

    assert heard == {"Search", "Next", "Suivant", "The map", "Save", "Votre nom"}
    assert foreign(heard, "fr") == ["Next", "Save", "Search", "The map"]
    assert foreign(heard, "en") == ["Suivant", "Votre nom"]


@pytest.mark.parametrize("base", [scenes.FULL, pytest.param(scenes.EMPTY, marks=pytest.mark.deep)])
def test_no_page_shows_an_english_word(base, client_as):
    stage(base)

    found = pages(base, "fr", client_as, all_of_them=True)

    assert len(found) > 50
    assert {path: wrong for path, texts in found.items() if (wrong := foreign(texts, "fr"))} == {}


@pytest.mark.parametrize(
    ("base", "all_of_them"),
    [
        (scenes.FULL, False),
        *(pytest.param(base, True, marks=pytest.mark.deep) for base in (scenes.FULL, scenes.EMPTY)),
    ],
)
def test_whoever_chose_english_sees_no_french_word_but_data(base, all_of_them, client_as):
    with translation.override("en"):
        stage(base)
    data = data_in_french()

    found = pages(base, "en", client_as, all_of_them=all_of_them)

    assert len(found) > 20
    assert {path: wrong for path, texts in found.items() if (wrong := foreign(texts, "en", data))} == {}
