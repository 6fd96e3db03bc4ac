"""The base every test starts from: migrations, roles, closed lists, a few territories.

On SQLite it is made once, kept under `VAR_DIR/tests` by the digest of what it is made from, and copied for each run: a
run starts at once, and a test that had to commit is followed by a copy instead of a reload.
"""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import django
import environ
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from contacts.territories.loading import load_territories
from crm import roles
from crm.registry import setup_steps


ROOT = Path(__file__).resolve().parent.parent

# What the shared base holds of the official code, with all that each lies in: enough for every level and for overseas.
TERRITORIES = (
    "france:FR",
    "region:11",
    "region:44",
    "region:84",
    "departement:93",
    "departement:75",
    "commune:93066",
    "commune:93048",
    "commune:75056",
    "arrondissement:75118",
    "commune:69123",
    "commune:38185",
    "commune:54395",
    "commune:97411",
)


def load_base() -> None:
    """Roles, closed lists and a few territories: what `manage.py setup` gives, but not the whole official code."""
    roles.synchronise()
    for step in setup_steps:
        if step.name not in {"territories", "opposition key"}:
            step.run(lambda text: None)
    load_territories(subset=TERRITORIES)


def _digest() -> str:
    """Changes with whatever the shared base is made from."""
    folders = ["crm/migrations", "contacts/migrations", "contacts/packs", "contacts/territories"]
    files = [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.suffix != ".pyc"
    ]
    files += [ROOT / "crm/roles.py", ROOT / "crm/folding.py", ROOT / "contacts/apps.py", Path(__file__)]
    total = hashlib.sha256(f"{django.VERSION} {sys.version_info[:2]}".encode())
    for path in files:
        if path.is_file():
            total.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return total.hexdigest()[:16]


def use_database(options: dict[str, Any]) -> None:
    """Make `options` Django's only database; call it before anything has asked for a connection."""
    connections.close_all()
    settings.DATABASES["default"] = options
    connections.settings = connections.configure_settings(settings.DATABASES)
    if hasattr(connections._connections, "default"):
        del connections["default"]


def use_postgres(url: str) -> None:
    """Run on that PostgreSQL server, in a test database beside the one it names."""
    use_database(environ.Env.db_url_config(url))


def use_sqlite(path: Path) -> None:
    """Run on that SQLite file, set as in production but for the disk: a test base may be lost with the machine."""
    options = settings.DATABASES["default"]["OPTIONS"]
    use_database(
        {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "OPTIONS": {
                **options,
                "init_command": options["init_command"].replace("synchronous=NORMAL", "synchronous=OFF"),
            },
            "TEST": {"NAME": str(path)},
        }
    )


def sqlite_template() -> Path:
    """The file to copy, made if it is not there yet; two processes that start together make it once."""
    folder = Path(settings.VAR_DIR) / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / f"base-{_digest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for old in folder.glob("base-*"):
                if old.stat().st_mtime < time.time() - 3600:
                    old.unlink()
            unfinished = template.with_suffix(".new")
            for leftover in folder.glob(f"{unfinished.name}*"):
                leftover.unlink()
            use_sqlite(unfinished)
            call_command("migrate", verbosity=0)
            load_base()
            connections.close_all()
            unfinished.rename(template)
    return template


def let_go_of_the_journal() -> None:
    """Take SQLite's triggers off the journal before a flush, which deletes row by row; the copy that follows has them."""
    if connection.vendor != "sqlite":
        return  # TRUNCATE asks no row's trigger
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit\\_%' ESCAPE '\\'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def restore_sqlite(template: Path) -> None:
    """Make the base what it was at the start, whatever was committed since."""
    connection.ensure_connection()
    source = sqlite3.connect(f"file:{template}?mode=ro", uri=True)
    try:
        source.backup(connection.connection)
    finally:
        source.close()
