"""`manage.py open_account EMAIL`: the way back in for whoever lost everything, from the machine that holds the base.

It takes the account's second factors away, ends its sessions and prints a link to choose another password.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _, gettext_lazy

from crm.auditing import record_deed
from crm.models import Deed, User
from crm.signing_in.links import reset_link
from crm.signing_in.listing import end_all


class Command(BaseCommand):
    help = str(
        gettext_lazy(
            "Rouvre un compte dont on a tout perdu : retire ses seconds moyens de connexion, ferme ses sessions, "
            "et donne un lien, valable une heure, pour choisir un nouveau mot de passe."
        )
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help=_("l’adresse du compte"))

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(_("Aucun compte ouvert n’a cette adresse."))
        Authenticator.objects.filter(user=user).delete()
        record_deed(Deed.FACTOR_CHANGED, by=None, on=user, fields=["totp", "webauthn", "recovery_codes"])
        end_all(user, by=None)
        self.stdout.write(reset_link(user))
