"""A refusal is never lifted by a file; a yes says where it comes from."""

from __future__ import annotations

from datetime import date

import pytest

from contacts.models import (
    Consent,
    Opposition,
    SuppressedAddress,
)
from tests.contacts.importing.bringing import (
    brought,
    outcomes,
    plain,
)
from tests.factories import (
    ConsentFactory,
    OppositionFactory,
    PersonFactory,
)


pytestmark = pytest.mark.django_db


def test_a_refusal_is_an_opposition_that_no_file_lifts() -> None:
    text = "NOM;Mail;Newsletter O/N\nDurand;d@a.example;{}\n"

    brought(text.format("N"))
    _batch, report = brought(text.format("O"))

    assert [one.purpose for one in Opposition.objects.all()] == ["newsletter"]
    assert Consent.objects.count() == 0
    assert outcomes(report) == {"unchanged": 1}
    assert [warning["column"] for warning in report["warnings"]] == ["Newsletter O/N"]
    assert SuppressedAddress.refused_by(["d@a.example"]) == {"d@a.example": {"newsletter"}}


@pytest.mark.parametrize("answers", [("O", "N"), ("N", "O")])
def test_a_refusal_wins_over_a_yes_of_the_same_file(answers: tuple[str, str]) -> None:
    rows = "".join(f"Durand;d@a.example;{answer}\n" for answer in answers)

    brought(f"NOM;Mail;Newsletter\n{rows}")

    assert (Opposition.objects.count(), Consent.objects.count()) == (1, 0)


def test_a_yes_is_a_consent_that_says_where_it_comes_from() -> None:
    brought(
        "NOM;Mail;Newsletter;Mise en relation\nDurand;d@a.example;O;à demander\n", name="fichier 2026.csv"
    )

    consent = Consent.objects.get()
    assert (consent.purpose, plain(consent.source)) == ("newsletter", "Fichier « fichier 2026.csv », ligne 2")


def test_a_consent_that_was_withdrawn_is_not_given_again() -> None:
    known = PersonFactory(name="Durand", email="d@a.example")
    ConsentFactory(contact=known, withdrawn_on=date(2025, 1, 1))

    _batch, report = brought("NOM;Mail;Newsletter\nDurand;d@a.example;O\n")

    assert Consent.objects.filter(withdrawn_on=None).count() == 0
    assert outcomes(report) == {"unchanged": 1}


def test_an_address_that_had_refused_brings_its_refusal_back() -> None:
    SuppressedAddress.remember([("d@a.example", "invitations")])

    _batch, report = brought("NOM;Mail;Invitations\nDurand;D@a.example;O\n")

    opposition = Opposition.objects.get()
    assert (opposition.contact.name, opposition.purpose) == ("Durand", "invitations")
    assert Consent.objects.count() == 0
    assert [warning["column"] for warning in report["warnings"]] == ["Invitations"]


def test_the_refusal_of_one_is_not_that_of_a_mailbox_they_share() -> None:
    brought(
        "NOM;Structure;Mail;Newsletter\nDurand;Ville A;contact@a.example;N\nRoux;Ville A;contact@a.example;O\n"
    )

    assert SuppressedAddress.refused_by(["contact@a.example"]) == {}
    assert [one.contact.name for one in Consent.objects.all()] == ["Roux"]


def test_a_yes_does_not_revive_who_opposed_by_hand() -> None:
    known = PersonFactory(name="Durand", email="d@a.example")
    OppositionFactory(contact=known)

    brought("NOM;Mail;Newsletter\nDurand;d@a.example;oui\n")

    assert Consent.objects.count() == 0
