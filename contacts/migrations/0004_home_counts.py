from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("contacts", "0003_present_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("merged_into", None), ("trashed_at", None)),
                fields=["state", "kind", "needs_check", "verified_on", "trashed_at", "merged_into"],
                name="contact_to_count",
            ),
        ),
    ]
