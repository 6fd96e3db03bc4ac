"""The processes of a local house: gunicorn and one worker of the task queue, children of one parent that stops both.

Both are forked from a parent that has loaded everything already, so that the first page is there in the time of one start.
"""

from __future__ import annotations

import ctypes
import http.client
import logging
import math
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from gunicorn.app.base import BaseApplication

from crm import daily
from crm.jobs import give_up_interrupted


SECONDS_TO_STOP = 20.0
SECONDS_A_WORKER_MUST_LAST = 5.0
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_DAILY_LOOKS = 60.0


class _StopError(Exception):
    """Somebody asked us to stop."""


def serve(listener: socket.socket, *, workers: int, threads: int, ready: Callable[[], Any]) -> None:
    """Serve on this bound socket until told to stop; `ready` is called once the first page has been answered."""
    application = get_wsgi_application()
    give_up_interrupted()
    daily.give_up_interrupted()
    connections.close_all()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    listener.set_inheritable(True)
    port = listener.getsockname()[1]
    web = _child(lambda: _Web(application, listener, workers=workers, threads=threads).run())
    worker, started = _child(_work), time.monotonic()
    threading.Thread(target=_announce, args=(port, ready), daemon=True).start()
    try:
        while True:
            ended, _status = os.wait()
            if ended == web or time.monotonic() - started < SECONDS_A_WORKER_MUST_LAST:
                break
            worker, started = _child(_work), time.monotonic()
    except _StopError:
        pass
    finally:
        _end([web, worker])
        listener.close()


class _Web(BaseApplication):
    """Gunicorn on a socket that is bound already."""

    def __init__(self, application: Any, listener: socket.socket, *, workers: int, threads: int) -> None:
        self.application = application
        self.options = {
            "bind": f"fd://{listener.fileno()}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": 120,
            "graceful_timeout": 5,
            "keepalive": 5,
            "accesslog": None,  # addresses and searched names stay out of logs
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.application


def _work() -> None:
    """Do what waits in the queue, then what the day asks for, and so on: never both at once, SQLite has one writer."""
    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
    worker = Worker(
        queue_names=["default"],
        interval=SECONDS_BETWEEN_LOOKS,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    worker.configure_signals()
    looked = -math.inf
    while worker.running:
        worker.run()
        if time.monotonic() - looked >= SECONDS_BETWEEN_DAILY_LOOKS:
            looked = time.monotonic()
            _daily(worker)
        if worker.running:
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _daily(worker: Worker) -> None:
    """The day's pass when it is due. Told to stop meanwhile, the worker finishes it, as it does a task."""
    close_old_connections()
    worker.running_task = True
    try:
        daily.run_when_due()
    except DatabaseError as why:
        logging.getLogger(__name__).error(
            "the daily pass waits: %s", type(why).__name__
        )  # the base is busy or away
    finally:
        worker.running_task = False
        close_old_connections()


def _child(run: Callable[[], None]) -> int:
    """Fork a child in a process group of its own: Ctrl-C reaches the parent, which stops the children in order."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        if sys.platform.startswith("linux"):
            ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: never outlive the parent
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        run()
        code = 0
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 1
    except BaseException:
        logging.getLogger(__name__).exception("a process of the house stopped")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _stop(signum: int, frame: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _StopError


def _end(children: list[int]) -> None:
    """Ask each child to finish, insist after a while."""
    limit = time.monotonic() + SECONDS_TO_STOP
    left = {child for child in children if _send(child, signal.SIGTERM)}
    while left and time.monotonic() < limit:
        left = {child for child in left if not _is_over(child)}
        time.sleep(0.05)
    for child in left:
        _send(child, signal.SIGKILL)


def _send(child: int, signum: signal.Signals) -> bool:
    try:
        os.kill(child, signum)
    except ProcessLookupError:
        return False
    return True


def _is_over(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:
        return True


def _announce(port: int, ready: Callable[[], Any]) -> None:
    """Ask for the first page until it comes: this also warms the first worker."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            asked.request("GET", "/", headers={"Host": f"localhost:{port}"})
            asked.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            ready()
            return
        finally:
            asked.close()
