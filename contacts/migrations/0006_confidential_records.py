"""Confidential contacts, whom they belong to and whom they are given to; the address that anybody may see."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def trigger_again(apps, schema_editor):
    """SQLite makes the table anew for each column, and loses the triggers that keep its search index."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in import_module("contacts.migrations.0002_search_and_order").SQLITE[1:]:
            schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contacts', '0005_list_indexes'),
        ('crm', '0006_more_deeds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(blank=True, null=True, verbose_name='jusqu’au')),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='confiée le')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='pourquoi')),
            ],
            options={
                'verbose_name': 'partage',
                'verbose_name_plural': 'partages',
                'ordering': ['given_at', 'pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='contact',
            options={'ordering': ['sort_name', 'pk'], 'permissions': [('export_contact', 'Can export contacts'), ('import_contact', 'Can import contacts'), ('merge_contact', 'Can merge contacts'), ('see_private_channels', 'Can see private e-mails and phones'), ('see_notes', 'Can see notes and interactions'), ('set_confidential', 'Can make a record confidential'), ('see_confidential', 'Can see all confidential records')], 'verbose_name': 'contact', 'verbose_name_plural': 'contacts'},
        ),
        migrations.AddField(
            model_name='contact',
            name='is_confidential',
            field=models.BooleanField(default=False, help_text='Seules la personne qui la suit, celles à qui elle est confiée et la personne responsable de l’outil la voient.', verbose_name='fiche confidentielle'),
        ),
        migrations.AddField(
            model_name='contact',
            name='open_email',
            field=models.CharField(blank=True, default='', editable=False, max_length=254, verbose_name='e-mail'),
        ),
        migrations.AddField(
            model_name='contact',
            name='open_phone',
            field=models.CharField(blank=True, default='', editable=False, max_length=40, verbose_name='téléphone'),
        ),
        migrations.AddField(
            model_name='contact',
            name='owner',
            field=models.ForeignKey(blank=True, limit_choices_to={'is_active': True}, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='suivie par'),
        ),
        migrations.AddField(
            model_name='historicalcontact',
            name='is_confidential',
            field=models.BooleanField(default=False, help_text='Seules la personne qui la suit, celles à qui elle est confiée et la personne responsable de l’outil la voient.', verbose_name='fiche confidentielle'),
        ),
        migrations.AddField(
            model_name='historicalcontact',
            name='owner',
            field=models.ForeignKey(blank=True, db_constraint=False, limit_choices_to={'is_active': True}, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='suivie par'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('is_confidential', True)), fields=['owner'], name='contact_confidential'),
        ),
        migrations.AddField(
            model_name='contactshare',
            name='content_object',
            field=models.ForeignKey(db_column='contact_id', on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='contacts.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='contactshare',
            name='given_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confiée par'),
        ),
        migrations.AddField(
            model_name='contactshare',
            name='permission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission'),
        ),
        migrations.AddField(
            model_name='contactshare',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='contactshare',
            constraint=models.UniqueConstraint(fields=('user', 'content_object'), name='a_contact_is_given_to_somebody_once'),
        ),
        migrations.RunPython(trigger_again, migrations.RunPython.noop),
    ]
