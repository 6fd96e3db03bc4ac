"""The catalogues of translations: made from the code, checked by the tests, without the gettext programs.

Our own strings are French in the code; `locale/en` holds their English. The libraries' strings are English in theirs;
`locale/fr` holds the French of those that Django's own catalogues do not cover (Unfold ships none). Our plurals stand in
`locale/fr` too, since French says « 0 contact » where English says « 0 contacts ».

`python -m tests.catalogues` adds what is new to both, drops what is gone, compiles, and lists what wants a translation.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import django
import polib
from django.apps import apps
from django.utils import translation
from django.utils.translation.template import templatize


ROOT = Path(__file__).resolve().parent.parent
OURS = ("config", "crm", "contacts", "templates")
LIBRARIES = ("unfold", "import_export", "simple_history", "crispy_forms", "django_tasks_db")
# Parts of those libraries that no page of ours shows.
NOT_SHOWN = ("unfold/contrib/hijack", "unfold/contrib/reversion", "unfold/contrib/waffle", "unfold/contrib/guardian",
             "unfold/contrib/constance", "unfold/contrib/location_field", "/tests/", "/migrations/", "simple_history/management",
             "django_tasks_db/management")  # fmt: skip
KEYWORDS = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext",
    "npgettext_lazy",
}  # fmt: skip
_CALL = re.compile(rf"\b(?:{'|'.join(sorted(KEYWORDS, key=len, reverse=True))})\(")


@dataclass(frozen=True, order=True)
class Message:
    """A string to translate: its plural and its context are empty when it has none."""

    text: str
    plural: str = ""
    context: str = ""


def messages_of(folder: Path) -> Iterator[Message]:
    """Every string marked for translation in a folder's Python files and templates."""
    for path in sorted(folder.rglob("*")):
        place = path.as_posix()
        if path.suffix not in {".py", ".html", ".txt"} or any(part in place for part in NOT_SHOWN):
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            yield from _messages_in(ast.parse(source))
        elif "templates" in place:
            yield from _messages_of_template(templatize(source, origin=place))


def _messages_of_template(calls: str) -> Iterator[Message]:
    """Django turns a template into filler with gettext calls in it: each call is cut out and read as Python."""
    for start in _CALL.finditer(calls):
        end = calls.find(")", start.start())
        while end != -1:
            try:
                tree = ast.parse(calls[start.start() : end + 1], mode="eval")
            except SyntaxError:
                end = calls.find(")", end + 1)
                continue
            yield from _messages_in(tree)
            break


def _messages_in(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [
            part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if name not in KEYWORDS or not texts or not texts[0]:
            continue
        context = texts.pop(0) if "pgettext" in name else ""
        plural = texts[1] if name.startswith(("ngettext", "npgettext")) and len(texts) > 1 else ""
        if texts:
            yield Message(texts[0], plural, context)


@cache
def ours() -> frozenset[Message]:
    return frozenset(message for name in OURS for message in messages_of(ROOT / name))


@cache
def theirs() -> frozenset[Message]:
    folders = [Path(import_module(name).__file__ or "").parent for name in LIBRARIES]
    return frozenset(message for folder in folders for message in messages_of(folder))


def uncovered() -> list[Message]:
    """The libraries' strings that Django's and the libraries' own French catalogues leave in English."""
    return sorted(message for message in theirs() if not _has_french(message))


def _has_french(message: Message) -> bool:
    catalogues = [Path(django.__file__).parent / "conf" / "locale", *_library_locales()]
    key = f"{message.context}\x04{message.text}" if message.context else message.text
    return any(key in _catalogue(folder / "fr" / "LC_MESSAGES" / "django.mo") for folder in catalogues)


def _library_locales() -> list[Path]:
    return [
        Path(app.path) / "locale" for app in apps.get_app_configs() if (Path(app.path) / "locale").exists()
    ]


@cache
def _catalogue(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    return frozenset(
        f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
        for entry in polib.mofile(str(path))
        if entry.msgstr or entry.msgstr_plural
    )


def path_of(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def wanted(language: str) -> list[Message]:
    """What the catalogue of a language must hold, neither more nor less."""
    if language == "en":
        return sorted(ours())
    return sorted({*uncovered(), *(message for message in ours() if message.plural)})


def update(language: str) -> list[str]:
    """Bring a catalogue up to date and compile it; answer what it still wants."""
    path = path_of(language)
    spaced = _plain if language == "en" else str
    old = {(e.msgctxt or "", spaced(e.msgid)): e for e in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": "nplurals=2; plural=(n > 1);" if language == "fr" else "nplurals=2; plural=(n != 1);",
    }
    own = ours()
    for message in wanted(language):
        known = old.get((message.context, spaced(message.text)))
        entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
        if message.plural:
            entry.msgid_plural = message.plural
            identity = (
                {0: message.text, 1: message.plural}
                if language == "fr" and message in own
                else {0: "", 1: ""}
            )
            kept = (
                known is not None
                and spaced(known.msgid_plural) == spaced(message.plural)
                and any(known.msgstr_plural.values())
            )
            entry.msgstr_plural = dict(known.msgstr_plural) if kept and known else identity
        else:
            entry.msgstr = known.msgstr if known else ""
        catalogue.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    catalogue.save_as_mofile(str(path.with_suffix(".mo")))
    return untranslated(catalogue)


def _plain(text: str) -> str:
    """The English of a string outlives a space of its French put right."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def untranslated(catalogue: polib.POFile) -> list[str]:
    return [
        entry.msgid
        for entry in catalogue
        if not (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr) or entry.fuzzy
    ]


def main() -> int:
    django.setup()
    translation.activate("fr")
    missing = {language: update(language) for language in ("fr", "en")}
    for language, texts in missing.items():
        sys.stdout.write(f"{language}: {len(wanted(language))} strings, {len(texts)} to translate\n")
        sys.stdout.writelines(f"  {text!r}\n" for text in texts)
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(main())
