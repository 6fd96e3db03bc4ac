"""Trigram indexes for search on each engine, and one order of names on both (byte order of the folded name)."""

from django.db import migrations


POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    'ALTER TABLE contacts_contact ALTER COLUMN sort_name TYPE varchar(320) COLLATE "C"',
    "CREATE INDEX contacts_contact_search_open ON contacts_contact USING gin (search_open gin_trgm_ops)",
    "CREATE INDEX contacts_contact_search_private ON contacts_contact USING gin (search_private gin_trgm_ops)",
]
SQLITE = [
    "CREATE VIRTUAL TABLE contacts_contact_search USING fts5(search_open, search_private, "
    "content='contacts_contact', content_rowid='id', tokenize='trigram', detail='none')",
    "CREATE TRIGGER contacts_contact_search_ai AFTER INSERT ON contacts_contact BEGIN "
    "INSERT INTO contacts_contact_search(rowid, search_open, search_private) "
    "VALUES (new.id, new.search_open, new.search_private); END",
    "CREATE TRIGGER contacts_contact_search_ad AFTER DELETE ON contacts_contact BEGIN "
    "INSERT INTO contacts_contact_search(contacts_contact_search, rowid, search_open, search_private) "
    "VALUES ('delete', old.id, old.search_open, old.search_private); END",
    "CREATE TRIGGER contacts_contact_search_au AFTER UPDATE OF search_open, search_private ON contacts_contact "
    "WHEN old.search_open <> new.search_open OR old.search_private <> new.search_private BEGIN "
    "INSERT INTO contacts_contact_search(contacts_contact_search, rowid, search_open, search_private) "
    "VALUES ('delete', old.id, old.search_open, old.search_private); "
    "INSERT INTO contacts_contact_search(rowid, search_open, search_private) "
    "VALUES (new.id, new.search_open, new.search_private); END",
]


def index(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]
    operations = [migrations.RunPython(index, migrations.RunPython.noop)]
