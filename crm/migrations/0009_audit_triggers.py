"""The base itself refuses to change a line of the journal or a seal, and to delete a line before twelve months."""

from django.db import migrations


LINES, SEALS = "crm_auditentry", "crm_auditseal"
NEVER_CHANGED = "a line of the journal is never changed"
KEPT = "a line of the journal is kept for twelve months"
SEAL_KEPT = "a seal of the journal is kept as it is"

# SQLite's INSERT OR REPLACE deletes without asking the triggers of DELETE: so a number is not given twice.
SQLITE = [
    f"CREATE TRIGGER audit_line_unchanged BEFORE UPDATE ON {LINES} BEGIN SELECT RAISE(ABORT, '{NEVER_CHANGED}'); END",
    f"CREATE TRIGGER audit_line_replaced BEFORE INSERT ON {LINES} WHEN EXISTS (SELECT 1 FROM {LINES} WHERE id = NEW.id) "
    f"BEGIN SELECT RAISE(ABORT, '{NEVER_CHANGED}'); END",
    f"CREATE TRIGGER audit_line_kept BEFORE DELETE ON {LINES} "
    "WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-12 months') "
    f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
    f"CREATE TRIGGER audit_seal_unchanged BEFORE UPDATE ON {SEALS} BEGIN SELECT RAISE(ABORT, '{SEAL_KEPT}'); END",
    f"CREATE TRIGGER audit_seal_replaced BEFORE INSERT ON {SEALS} "
    f"WHEN EXISTS (SELECT 1 FROM {SEALS} WHERE id = NEW.id OR day = NEW.day OR digest = NEW.digest) "
    f"BEGIN SELECT RAISE(ABORT, '{SEAL_KEPT}'); END",
    f"CREATE TRIGGER audit_seal_kept BEFORE DELETE ON {SEALS} BEGIN SELECT RAISE(ABORT, '{SEAL_KEPT}'); END",
]
REFUSE = """
CREATE FUNCTION crm_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
POSTGRESQL = [
    REFUSE,
    f"CREATE TRIGGER audit_line_unchanged BEFORE UPDATE ON {LINES} FOR EACH ROW "
    f"EXECUTE FUNCTION crm_audit_refuse('{NEVER_CHANGED}')",
    f"CREATE TRIGGER audit_line_kept BEFORE DELETE ON {LINES} FOR EACH ROW "
    f"WHEN (OLD.at > now() - interval '12 months') EXECUTE FUNCTION crm_audit_refuse('{KEPT}')",
    f"CREATE TRIGGER audit_seal_unchanged BEFORE UPDATE ON {SEALS} FOR EACH ROW "
    f"EXECUTE FUNCTION crm_audit_refuse('{SEAL_KEPT}')",
    f"CREATE TRIGGER audit_seal_kept BEFORE DELETE ON {SEALS} FOR EACH ROW "
    f"EXECUTE FUNCTION crm_audit_refuse('{SEAL_KEPT}')",
]


def install(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, None)  # no parameters: a percent sign is one


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION crm_audit_refuse() CASCADE")
        return
    for statement in SQLITE:
        schema_editor.execute(f"DROP TRIGGER {statement.split()[2]}")


class Migration(migrations.Migration):
    dependencies = [("crm", "0008_audit_seal")]
    operations = [migrations.RunPython(install, remove)]
