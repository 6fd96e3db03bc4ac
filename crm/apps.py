"""The ground floor."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate  # noqa: TID251 -- rights must follow each migrate, and Django offers no other moment
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Maillage")

    def ready(self) -> None:
        from crm import check_ups, expiring, sealing, shortcuts, surveying  # noqa: PLC0415 -- these read the models, which are not loaded before
        from crm.checks import CHECKS  # noqa: PLC0415
        from crm.pages import demonstration  # noqa: PLC0415

        check_ups.register()
        expiring.register()
        sealing.register()
        surveying.register()
        demonstration.register()
        shortcuts.register()
        for check in CHECKS:
            checks.register(check, checks.Tags.models)
        post_migrate.connect(_synchronise_roles, dispatch_uid="crm.roles")


def _synchronise_roles(
    *, app_config: AppConfig, plan: Any = (), using: str = "default", **_more: Any
) -> None:
    """Make the groups say what the table says, once every room has its permissions."""
    from django.apps import apps  # noqa: PLC0415 -- only once the house is open

    from crm.roles import synchronise  # noqa: PLC0415 -- it needs the models

    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if app_config.name == last.name:
        synchronise()
