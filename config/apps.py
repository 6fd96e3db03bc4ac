"""Which admin site the whole house uses."""

from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class MaillageAdminConfig(AdminConfig):
    default_site = "crm.admin.site.CrmSite"

    def ready(self) -> None:
        # The site lives in the package that registers the ground floor's pages: met first through `default_site`, that
        # package would register them on a first site, which a second one then replaces.
        import_module("crm.admin")
        super().ready()
        # Libraries bring pages of their own: roles are a table in `crm.roles`, a job has its page where it was asked.
        admin.site.unregister(
            [
                apps.get_model(label)
                for label in (
                    "auth.Group",
                    "django_tasks_database.DBTaskResult",
                    "account.EmailAddress",
                    "mfa.Authenticator",
                    "usersessions.UserSession",
                )
            ]
        )
