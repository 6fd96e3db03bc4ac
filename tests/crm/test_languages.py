"""Each page speaks one language: no English word on a French page, no French one on an English page, data aside.

Every page that answers to a GET is read, by whoever the scenes of the pictures say: what it shows, what it says to who
cannot see it, what it proposes to type. Data and the names of roles and of closed lists are French in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from typing import Any

import django
import polib
import pytest
from django.conf import settings
from django.test import Client

from contacts.demo.making import make
from crm.roles import Role
from tests import catalogues, scenes, staging
from tests.conftest import ClientAs
from tests.factories import UserFactory


pytestmark = pytest.mark.django_db

# Words of buttons, menus and messages that no French page needs; those both languages share (date, actions …) are out.
ENGLISH = re.compile(
    r"""\b(add|added|all|and|apply|are|back|browse|cancel|change|changed|choose|clear|close|create|created|delete|deleted|
    download|edit|empty|enter|error|field|file|filters?|first|forgot|from|go|have|help|hide|home|is|items?|last|loading|
    log\ ?in|log\ ?out|my|name|new|next|no|none|not|of|open|password|please|previous|records?|remove|required|reset|
    results?|return|run|save|saved|search|see|select|send|show|sign|sort|submit|the|these|this|to|today|unknown|update|
    upload|users?|view|was|welcome|with|without|yes|you|your)\b""",
    re.VERBOSE | re.IGNORECASE,
)
FRENCH = re.compile(
    r"""\b(aucune?|ajouter|annuler|chercher|choisir|choisissez|créer|dernière|enlever|enregistrer|enregistrée?|fermer|
    fiches?|filtres?|importer|modifier|nouvelle|ouvrir|précédente?|retirer|revenir|suivante?|supprimer|toutes|votre|
    vous)\b""",
    re.VERBOSE | re.IGNORECASE,
)
# Addresses of pages and of people are not words.
NOT_WORDS = re.compile(r"\S+@\S+|https?://\S+|\S+\.(?:csv|xlsx|pdf|example|org)\b|manage\.py \w+")
SPOKEN = {"alt", "aria-description", "aria-label", "aria-placeholder", "aria-roledescription", "label", "placeholder", "title"}
MUTE = {"script", "style", "code", "kbd"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    """Gathers what a person sees or hears of a page; what is marked as another language is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        silent = (
            tag in MUTE
            or (tag != "html" and "lang" in known)
            or known.get("translate") == "no"
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
        if data.strip() and not (self.open and self.open[-1][1]):
            self.texts.append(data)


def texts_of(html: str) -> set[str]:
    reader = _Reader()
    reader.feed(html)
    return {" ".join(text.split()) for text in reader.texts if text.strip()}


def pages(base: str, language: str, client_as: ClientAs) -> Iterator[tuple[str, set[str]]]:
    """Each page of this base with what it says in this language."""
    clients: dict[Role | None, Client] = {None: Client(raise_request_exception=False), **{role: client_as(role) for role in Role}}
    for scene in {(scene.role, scene.path): scene for scene in scenes.scenes(base)}.values():
        client = clients[scene.role]
        client.raise_request_exception = False
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.get(scene.path)
        if answer.status_code>=500: print("BROKEN",language,scene.role,scene.path)
        kind = answer.headers.get("Content-Type", "")
        if kind.startswith("text/html") and answer.status_code < 500:
            yield scene.path, texts_of(answer.content.decode())


def test_all(client_as):
    import time
    t=time.time()
    make(contacts=60)
    print(time.time()-t)
    staging.stage(UserFactory(role=Role.MANAGER))
    print(time.time()-t)
    import json
    for lang in ("fr","en"):
      out={}
      for path,texts in pages(scenes.FULL,lang,client_as): out[path]=sorted(texts)
      json.dump(out,open(f'/tmp/loc/out_{lang}.json','w'),ensure_ascii=False,indent=0)
      print(len(out),time.time()-t)
    assert 0
