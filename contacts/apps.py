"""People and organisations, by theme, territory and institution."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = _("Réseau")

    def ready(self) -> None:
        from contacts.registering import register  # noqa: PLC0415 -- its models are not loaded before

        register()
