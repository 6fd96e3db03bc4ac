"""A post office on this machine: a real SMTP server, small, that keeps what it is given."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class _Counter(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        office: Any = self.server
        self._say("220 poste.example")
        for line in self.rfile:
            word = line.strip().split(b" ")[0].upper()
            if word == b"DATA":
                self._say("354 parlez")
                lines = []
                for part in self.rfile:
                    if part == b".\r\n":
                        break
                    lines.append(part[1:] if part.startswith(b"..") else part)
                office.kept.append(message_from_bytes(b"".join(lines), policy=policy.default))
                self._say("250 gardé".encode("ascii", "ignore").decode())
            elif word == b"QUIT":
                self._say("221 au revoir")
                return
            else:
                self._say("250 poste.example")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Office(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.kept: list[EmailMessage] = []


@contextmanager
def post_office() -> Iterator[tuple[int, list[EmailMessage]]]:
    """The port it listens on, and the messages it was given."""
    office = _Office()
    thread = threading.Thread(target=office.serve_forever, daemon=True)
    thread.start()
    try:
        yield office.server_address[1], office.kept
    finally:
        office.shutdown()
        office.server_close()
        thread.join(10)
