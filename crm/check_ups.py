"""What `manage.py doctor` looks at on the ground floor; each room adds its own through the registry."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from crm import daily, sealing
from crm.demonstrating import shown_logins
from crm.models import Association, ImportBatch, Job
from crm.registry import Ailment, CheckUp, check_ups, daily_deeds
from crm.signing_in.mails import are_sent


DAYS_WITHOUT_A_PASS: Final = 2
ROOM_ON_DISK: Final = 500 * 1024 * 1024  # a large import, its file, and SQLite's journal beside it


def register() -> None:
    """The ground floor's own check-ups."""
    check_ups.add(CheckUp(name="migrations", examine=_migrations))
    check_ups.add(CheckUp(name="system checks", examine=_system_checks))
    check_ups.add(CheckUp(name="static files", examine=_static_files))
    check_ups.add(CheckUp(name="secrets", examine=_secrets))
    check_ups.add(CheckUp(name="https", examine=_https))
    check_ups.add(CheckUp(name="folders", examine=_folders))
    check_ups.add(CheckUp(name="demonstration", examine=_demonstration))
    check_ups.add(CheckUp(name="jobs", examine=_jobs))
    check_ups.add(CheckUp(name="sign-in", examine=_sign_in))
    check_ups.add(CheckUp(name="daily pass", examine=_daily_pass, tell=_told_of_daily_pass))
    check_ups.add(CheckUp(name="journal", examine=sealing.ailments, tell=sealing.told))


def unapplied_migrations() -> list[str]:
    """The migrations that this version has and the base has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _migrations() -> Iterator[Ailment]:
    if missing := unapplied_migrations():
        yield Ailment(
            what=_("Les tables ne sont pas à jour : %(names)s.") % {"names": ", ".join(missing)},
            cure=_("Lancez : manage.py setup"),
        )


def _system_checks() -> Iterator[Ailment]:
    for message in checks.run_checks(include_deployment_checks=settings.SECURE):
        if message.is_serious(checks.WARNING) and not message.is_silenced():
            yield Ailment(what=str(message.msg), cure=str(message.hint or ""))


def _static_files() -> Iterator[Ailment]:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield Ailment(
            what=_("Les fichiers de présentation ne sont pas rassemblés."), cure=_("Lancez : manage.py setup")
        )


def _secrets() -> Iterator[Ailment]:
    for name in ("SECRET_KEY", "OPPOSITION_KEY", "AUDIT_KEY"):
        if len(getattr(settings, name, "")) < 32:
            yield Ailment(
                what=_("%(name)s est absente ou trop courte.") % {"name": name},
                cure=_("Donnez-lui au moins 32 caractères tirés au hasard, puis gardez-la hors de la base."),
            )
    for path in Path(settings.VAR_DIR).glob("*-key"):
        if path.stat().st_mode & 0o077:
            yield Ailment(
                what=_("D’autres comptes de la machine peuvent lire %(path)s.") % {"path": path},
                cure=_("Lancez : chmod 600 %(path)s") % {"path": path},
            )


def _https() -> Iterator[Ailment]:
    if settings.SECURE and not getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        yield Ailment(
            what=_(
                "L’adresse du site est en https, mais rien ne dit à Maillage qu’il a été demandé ainsi : les navigateurs ne "
                "sont pas tenus d’y rester."
            ),
            cure=_(
                "Donnez à PROXY_SSL_HEADER l’en-tête que votre serveur frontal ajoute toujours, en général X-Forwarded-Proto."
            ),
        )


def _folders() -> Iterator[Ailment]:
    for folder in {Path(settings.VAR_DIR), Path(settings.MEDIA_ROOT)}:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not os.access(there, os.W_OK):
            yield Ailment(
                what=_("Le dossier %(path)s ne peut pas être écrit.") % {"path": folder},
                cure=_("Donnez-le au compte qui lance Maillage."),
            )
        free = shutil.disk_usage(there).free
        if free < ROOM_ON_DISK:
            yield Ailment(
                what=_("Il reste %(n)s Mo sur le disque de %(path)s.") % {"n": free // 2**20, "path": folder},
                cure=_("Libérez de la place avant le prochain import."),
            )


def _demonstration() -> Iterator[Ailment]:
    if (
        shown_logins()
        and ImportBatch.objects.filter(state=ImportBatch.State.APPLIED, owner__isnull=False).exists()
    ):
        yield Ailment(
            what=_(
                "Des fichiers ont été importés dans une base dont tout le monde connaît les mots de passe."
            ),
            cure=_("Créez votre compte, puis retirez la démonstration : manage.py demo --remove"),
        )


def _jobs() -> Iterator[Ailment]:
    stalled = sum(job.is_stalled for job in Job.objects.exclude(state__in=[Job.State.DONE, Job.State.FAILED]))
    if stalled:
        yield Ailment(
            what=ngettext("%(n)s tâche n’avance plus.", "%(n)s tâches n’avancent plus.", stalled)
            % {"n": stalled},
            cure=_("Vérifiez que le travailleur tourne : manage.py db_worker (make run le lance)."),
        )


def _sign_in() -> Iterator[Ailment]:
    """What a public address asks for and a private machine does not."""
    if not settings.SECURE:
        return
    if not settings.SECOND_FACTOR:
        yield Ailment(
            what=_("Personne ne doit donner de second moyen de connexion, alors que l’adresse est publique."),
            cure=_("Retirez SECOND_FACTOR des réglages, ou mettez-le à 1."),
        )
    if not are_sent():
        yield Ailment(
            what=_(
                "Aucun serveur d’envoi n’est réglé\u00a0: invitations et mots de passe oubliés ne partent pas."
            ),
            cure=_("Réglez EMAIL_URL (docs/settings.md)."),
        )
    if "locmem" in settings.CACHES["default"]["BACKEND"].lower():
        yield Ailment(
            what=_("Chaque processus compte à part les tentatives de connexion."),
            cure=_("Retirez CACHE_URL des réglages, ou donnez l’adresse d’un cache partagé."),
        )


def _daily_pass() -> Iterator[Ailment]:
    """Late after two days: a machine that sleeps at night has run it since. A base of today has not had its first."""
    last = daily.last_pass()
    since = last.started_at if last else Association.objects.values_list("started_at", flat=True).first()
    if since and timezone.now() - since > timedelta(days=DAYS_WITHOUT_A_PASS):
        yield Ailment(
            what=_(
                "Le passage quotidien est en retard : la corbeille n’est plus vidée, les postes finis restent affichés."
            ),
            cure=_("Laissez tourner manage.py serve, ou lancez chaque matin : manage.py daily"),
        )
    if last and last.failed:
        labels = [str(deed.label) for deed in daily_deeds if deed.name in last.failed] or last.failed
        yield Ailment(
            what=_("Le dernier passage quotidien n’a pas tout fait : %(deeds)s.")
            % {"deeds": ", ".join(labels)},
            cure=_("Lancez : manage.py daily. Si l’échec revient, le journal du serveur dit où."),
        )


def _told_of_daily_pass() -> str:
    last = daily.last_pass()
    if last is None:
        return _("Passage quotidien : pas encore.")
    deeds = ", ".join(
        f"{deed.label} {last.counts[deed.name]}" for deed in daily_deeds if deed.name in last.counts
    )
    return _("Dernier passage quotidien le %(at)s : %(deeds)s.") % {"at": last, "deeds": deeds or "–"}
