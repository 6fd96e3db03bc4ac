"""`manage.py serve`: the web server and one worker on this machine, ready to use. What `make run` calls."""

from __future__ import annotations

import errno
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _, gettext_lazy

from crm.demonstrating import open_with_demo
from crm.management.commands.demo import write_logins
from crm.management.telling import Teller
from crm.opening import AlreadyOpenError, is_open
from crm.preparing import is_prepared, prepare
from crm.serving import serve


class Command(BaseCommand):
    help = str(
        gettext_lazy("Ouvre Maillage sur cette machine : le serveur et son travailleur, Ctrl-C les arrête.")
    )
    requires_system_checks: list[
        str
    ] = []  # `make check` and the tests run them; here the first page waits for us

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help=_("127.0.0.1 : cette machine seulement"))
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--threads", type=int, default=4)

    def handle(self, *args: Any, **options: Any) -> None:
        port: int = options["port"]
        listener = self._listen(options["host"], port)
        with Teller(self.stdout) as tell:
            if not is_prepared():
                prepare(tell)
            if settings.DEMO == "1" and not is_open():
                self._load_demo(tell)
        write_logins(self)
        serve(
            listener,
            workers=options["workers"],
            threads=options["threads"],
            ready=lambda: self.stdout.write(
                "\n"
                + _("Maillage est ouvert : %(url)s (Ctrl-C pour l’arrêter)")
                % {"url": f"http://localhost:{port}"}
                + "\n"
            ),
        )
        self.stdout.write(_("Maillage est arrêté."))

    def _listen(self, host: str, port: int) -> socket.socket:
        """Take the port before anything else is done, so that a port in use is said at once."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as why:
            text = (
                _("Le port %(port)s est déjà pris. Essayez : PORT=%(next)s make run")
                if why.errno == errno.EADDRINUSE
                else _(
                    "Impossible d’écouter sur le port %(port)s (%(why)s). Essayez : PORT=%(next)s make run"
                )
            )
            self.stderr.write(text % {"port": port, "next": port + 1, "why": why.strerror})
            sys.exit(1)
        return listener

    def _load_demo(self, tell: Teller) -> None:
        try:
            open_with_demo(advance=lambda done, total: tell(f"{_('Démonstration')} {done}/{total}"))
        except AlreadyOpenError:
            return
