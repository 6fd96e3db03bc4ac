"""What an export asked for, in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_importbatch_preview_importline")]
    operations = [
        migrations.AddField(
            model_name="export",
            name="criteria",
            field=models.JSONField(blank=True, default=list, verbose_name="filtres en clair"),
        ),
    ]
