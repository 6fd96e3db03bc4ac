"""Who brings files in, and a file that waits on its preview."""

from __future__ import annotations

import pytest
from django.test import Client

from crm.models import ImportBatch
from crm.roles import Role
from tests.conftest import ClientAs
from tests.crm.bringing_in import PLAIN, send


@pytest.fixture
def staff(client_as: ClientAs) -> Client:
    return client_as(Role.STAFF)


@pytest.fixture
def planned(staff: Client) -> ImportBatch:
    """A plain file of one person, previewed."""
    send(staff, PLAIN)
    return ImportBatch.objects.get()
