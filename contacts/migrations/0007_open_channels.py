"""The first open e-mail and phone of the contacts that are there already."""

from django.db import migrations
from django.db.models import F, Q


def fill(apps, schema_editor):
    contact, channel = apps.get_model("contacts", "Contact"), apps.get_model("contacts", "Channel")
    contact.objects.filter(main_email_is_private=False).update(open_email=F("main_email"))
    contact.objects.filter(main_phone_is_private=False).update(open_phone=F("main_phone"))
    private = contact.objects.filter(Q(main_email_is_private=True) | Q(main_phone_is_private=True))
    for one in private.only("pk", "open_email", "open_phone").iterator():
        rows = channel.objects.filter(contact=one, state="active", is_private=False).order_by("-is_main", "pk")
        first = {}
        for kind, value in rows.values_list("kind", "value"):
            first.setdefault(kind, value)
        one.open_email, one.open_phone = first.get("email", ""), first.get("phone", "")
        one.save(update_fields=["open_email", "open_phone"])


class Migration(migrations.Migration):
    dependencies = [("contacts", "0006_confidential_records")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
