"""Tests of the code itself: which way it leans, how long its files are, what it must not do, how it spells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from crm.checks import actions_without_right, our_models, undeclared_fields
from tests.typography import catalogue_of, messages, set_right


ROOT = Path(settings.BASE_DIR)
FLOORS = {"crm": 0, "contacts": 1}
ROOMS = tuple(FLOORS)
LIBRARIES = {"auth", "contenttypes", "sessions", "django_tasks_database"}
SKIPPED = {".venv", "var", ".git", "node_modules", "__pycache__", "staticfiles"}
LONGEST = 400


def _files(*suffixes: str, under: str = ".") -> Iterator[Path]:
    for path in sorted((ROOT / under).rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.suffix in suffixes and path.is_file() and not SKIPPED & {*parts} and parts[0][0] != ".":
            yield path


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


PYTHON = [path for path in _files(".py") if "migrations" not in path.parts]
ROOM_CODE = [path for path in PYTHON if path.relative_to(ROOT).parts[0] in (*ROOMS, "config")]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in ROOM_CODE}


def test_foreign_keys_point_down_only():
    links = {
        (model._meta.app_label, field.related_model._meta.app_label)
        for model in our_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.is_relation and field.related_model
    }

    assert links & {("contacts", "crm"), ("contacts", "contacts")} != set()
    assert [link for link in links if link[1] not in LIBRARIES and FLOORS[link[0]] < FLOORS[link[1]]] == []


def test_the_ground_floor_names_no_room():
    rooms = "|".join(room for room in ROOMS if FLOORS[room] > 0)
    named = [
        _shown(path)
        for path in ROOM_CODE
        if path.relative_to(ROOT).parts[0] == "crm"
        and path.name != "roles.py"  # the one table of rights names models of every room, by string
        and re.search(rf"^\s*(from|import) ({rooms})\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]

    assert named == []


def test_no_file_is_too_long_to_be_read():
    long = {
        _shown(path): length for path in PYTHON if (length := path.read_text("utf-8").count("\n")) > LONGEST
    }

    assert long == {}


def test_no_file_is_an_attic():
    attics = {"utils.py", "helpers.py", "services.py", "signals.py", "common.py", "misc.py"}

    assert [_shown(path) for path in PYTHON if path.name in attics] == []


# --- writing ---------------------------------------------------------------------------------------------

# Where rows of a tracked model may be written without their history, and why.
WRITES_ALLOWED = {
    "crm/records.py": "the one bulk write, which writes the history itself; and the version of a record",
    "contacts/models/deriving.py": "derived columns are no part of what a person wrote",
}
BULK = {"update", "bulk_create", "bulk_update"}


def _tracked() -> dict[str, set[str]]:
    """Each model with a history, and its columns that are computed from others and left out of it."""
    return {
        model.__name__: {field.name for field in model._meta.fields}
        - {field.name for field in model.history.model._meta.fields}
        for model in our_models()
        if hasattr(model, "history")
    }


def _past_the_history(tree: ast.AST) -> Iterator[int]:
    """Lines that write many rows of a tracked model at once: `Contact.objects….update(`, `contact.channels.update(`."""
    tracked = _tracked()
    computed = set().union(*tracked.values())
    related = {
        relation.get_accessor_name()
        for model in our_models()
        for relation in model._meta.related_objects
        if relation.related_model.__name__ in tracked
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BULK:
            chain = [
                part.id if isinstance(part, ast.Name) else part.attr
                for part in ast.walk(node.func.value)
                if isinstance(part, ast.Name | ast.Attribute)
            ]
            managed = {"objects", "_base_manager", "_default_manager"} & {*chain}
            if node.keywords and {keyword.arg for keyword in node.keywords} <= computed:
                continue
            if (managed and tracked.keys() & {*chain}) or related & {*chain}:
                yield node.lineno


def test_rows_with_a_history_are_written_in_one_place_only():
    found = [
        f"{_shown(path)}:{line}"
        for path, tree in TREES.items()
        if _shown(path) not in WRITES_ALLOWED
        for line in _past_the_history(tree)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("Contact.objects.filter(pk=1).update(name='x')", [1]),
        ("Contact._base_manager.bulk_create([])", [1]),
        ("contact.channels.filter(state='x').update(state='y')", [1]),
        ("Contact.objects.update(main_organisation=None)", []),
        ("Contact.objects.update(main_organisation=None, name='x')", [1]),
        ("Territory.objects.bulk_create([])", []),
        ("context.update(title='x')", []),
    ],
)
def test_the_lint_of_writes_sees_what_it_must(code, lines):
    assert list(_past_the_history(ast.parse(code))) == lines


def test_nothing_hides_behind_a_signal():
    connected = [
        f"{_shown(path)}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").endswith("signals"))
        and _shown(path) != "crm/apps.py"  # rights follow each migrate: Django offers no other moment
    ]

    assert connected == []


def test_nothing_in_python_calls_markup_safe():
    trusting = [
        f"{_shown(path)}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and getattr(node, "id", getattr(node, "attr", "")) == "mark_safe"
    ]

    assert trusting == []


# --- privacy and rights ------------------------------------------------------------------------------------


def test_every_field_says_what_it_is_for_the_law():
    assert {model._meta.label: names for model in our_models() if (names := undeclared_fields(model))} == {}


def test_an_action_without_a_right_is_seen():
    class Bare:
        actions = ("press",)

        def press(self): ...

    class Guarded(Bare):
        def press(self): ...

        press.allowed_permissions = ["change"]

    assert actions_without_right(Bare()) == ["press"]
    assert actions_without_right(Guarded()) == []


# --- templates ---------------------------------------------------------------------------------------------

TEMPLATES = list(_files(".html", under="templates"))
OVERRIDES = (
    "admin/",
    "unfold/",
    "unfold_crispy/",
    "registration/",
    "import_export/",
    "simple_history/",
    "404",
    "403",
    "500",
    "400",
)


def test_every_template_is_used():
    text = "\n".join(path.read_text(encoding="utf-8") for path in (*PYTHON, *TEMPLATES))
    unused = [
        name
        for path in TEMPLATES
        if not (name := str(path.relative_to(ROOT / "templates"))).startswith(OVERRIDES)
        and f'"{name}"' not in text
        and f"'{name}'" not in text
        and not _named_in_parts(name, text)
    ]

    assert unused == []


def _named_in_parts(name: str, text: str) -> bool:
    """`f"contacts/record/tab_{tab}.html"` uses each tab."""
    patterns = re.findall(r'f"([^"\n]*\{[^"\n]*\.html)"', text)
    return any(
        re.fullmatch("[^/]+".join(re.escape(part) for part in re.split(r"\{[^}]*\}", pattern)), name)
        for pattern in patterns
    )


def test_templates_ask_no_other_host():
    remote = [
        _shown(path)
        for path in (*TEMPLATES, *_files(".css", ".js", under="static"))
        if re.search(
            r"""(src|href|url\(|@import)\s*=?\s*["'(]?(https?:)?//(?!localhost)""", path.read_text("utf-8")
        )
    ]

    assert remote == []


# --- what is committed -------------------------------------------------------------------------------------

TEXT = [
    path
    for path in (
        *_files(".py", ".toml", ".txt", ".md", ".sh", ".html", ".css", ".js", ".yml", ".json", ".csv", ".po"),
        ROOT / "Makefile",
    )
    if path.exists()
]
HOSTS = re.compile(
    r"(pypi\.(org|python)|pythonhosted|registry\.npmjs|npmjs\.com|jsdelivr|unpkg|cdnjs)", re.IGNORECASE
)
PRIVATE = re.compile(r"(?<![\w.])/(work|root|opt|home/\w+)/[\w.-]")


def test_nothing_committed_names_a_package_registry():
    assert [
        _shown(path)
        for path in TEXT
        if path != Path(__file__) and HOSTS.search(path.read_text("utf-8", "replace"))
    ] == []


def test_every_setting_of_the_environment_is_documented():
    read = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text(encoding="utf-8"))
    told = (ROOT / "docs/settings.md").read_text(encoding="utf-8")

    assert len(read) > 15
    assert [name for name in read if f"`{name}`" not in told] == []


def test_nothing_committed_names_a_path_of_one_machine():
    assert [
        _shown(path)
        for path in TEXT
        if path != Path(__file__) and PRIVATE.search(path.read_text("utf-8", "replace"))
    ] == []


# --- French ------------------------------------------------------------------------------------------------


def test_french_on_screen_keeps_its_typography():
    shown = list(messages())

    assert len(shown) > 100
    assert [
        (_shown(message.path), message.line, message.text) for message in shown if misspelt(message.text)
    ] == []


def test_the_french_given_to_libraries_keeps_it_too():
    given = [text for entry in catalogue_of("fr") for text in (entry.msgstr, *entry.msgstr_plural.values())]

    assert [text for text in given if misspelt(text)] == []


def misspelt(message: str) -> bool:
    return set_right(message) != message


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        ("Que faire ?", True),
        ("Que faire\u202f?", False),
        ("l'association", True),
        ("l’association", False),
        ("« liste »", True),
        ("«\u00a0liste\u00a0»", False),
        ("Erreur : %(why)s", True),
        ("Erreur\u00a0: %(why)s", False),
        ("Chargement...", True),
        ("Nom: %(name)s", True),
        ("1 150 contacts", True),
        ("1\u202f150 contacts", False),
        ("{{ count }} ?", True),
        ("%(day)s à 9:30", False),
        ("voir https://exemple.org/?q=1", False),
    ],
)
def test_the_check_of_typography_sees_what_it_must(message, wrong):
    assert misspelt(message) is wrong
