from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0010_spent_forms")]

    operations = [
        migrations.AddField(
            "user", "invited_at", models.DateTimeField(editable=False, null=True, verbose_name="invité le")
        ),
        migrations.AddField(
            "user",
            "session_epoch",
            models.PositiveIntegerField(default=0, editable=False, verbose_name="sessions fermées (fois)"),
        ),
        # The table of Django's DatabaseCache, which every process shares: made here, so that a base is whole once migrated.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.CreateModel(
                    "CachedValue",
                    [
                        ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                        ("value", models.TextField()),
                        ("expires", models.DateTimeField(db_index=True)),
                    ],
                    options={"db_table": "crm_cache"},
                )
            ]
        ),
    ]
