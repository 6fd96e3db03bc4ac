"""Headings: any order, case and accent, their usual synonyms; the rest is asked and remembered."""

from __future__ import annotations

import pytest

from contacts.importing.columns import CONTACTS
from contacts.importing.schemes.columns import SCHEMES
from crm.folding import fold
from crm.importing import IGNORED


def column_of(heading: str) -> str | None:
    return CONTACTS.read([(0, heading)])[0].column


@pytest.mark.parametrize(
    ("headings", "column"),
    [
        ("Civilité|CIVILITE|Civ.|M./Mme", "civility"),
        ("NOM|Nom de famille|nom", "last_name"),
        ("Prénom|PRENOM|Prénoms", "first_name"),
        ("Nom Prénom|NOM, Prénom|Nom et prénom", "full_name"),
        ("Prénom NOM|Prénom et nom", "full_name_first"),
        ("Structure|STRUCTURE |Organisme|Employeur|Nom de la structure", "organisation"),
        ("Sigle", "sigle"),
        ("Fonction|Fonction |Poste|Intitulé|Intitulé du poste", "title"),
        ("Service|service", "service"),
        ("Mail|E-mail|e-mail|Courriel|Mail 2|E-mail (2)|Adresse mail professionnelle|Mél", "email"),
        ("Mail perso|E-mail personnel", "personal_email"),
        ("Tél|Tél.|Téléphone|Fixe|Téléphone 1|N° de téléphone", "phone"),
        ("Portable|Mobile|Tel portable|Téléphone mobile", "mobile"),
        ("Adresse|Adresse postale", "street"),
        ("CP|Code postal|C.P.", "postcode"),
        ("Ville|Commune|VILLE", "city"),
        ("Dept|Dépt|Département|N° département|DEPARTEMENT", "department"),
        ("Région|REGION", "region"),
        ("Territoire d’intervention|Territoire(s) d'intervention|Territoires", "territory"),
        ("Dispositif|Démarche|Démarches territoriales", "scheme"),
        ("Thématiques|Thématique(s)|Thèmes|Thème 2|thematiques", "themes"),
        ("Catégorie|Type de structure", "category"),
        ("Commentaires|Observations|Notes|Remarques", "notes"),
        ("Newsletter|Newsletter O/N|Newsletter (O/N)|Lettre d'information", "newsletter"),
        ("Invitations", "invitations"),
        ("Mise en relation", "referrals"),
        ("Maj le|Mise à jour|Vérifié le|Vérifiée le|Date de mise à jour", "verified_on"),
        ("Source|Origine", "source"),
        ("Étiquettes|Tags|Mots-clés", "labels"),
        ("Site web|Site internet", "website"),
        ("SIRET|N° SIRET", "siret"),
        ("Motif|Motif de mise de côté", IGNORED),
    ],
)
def test_usual_headings_are_known(headings: str, column: str) -> None:
    assert {heading: column_of(heading) for heading in headings.split("|")} == dict.fromkeys(
        headings.split("|"), column
    )


@pytest.mark.parametrize(
    "heading", ["Libellé publipostage", "Couleur", "Responsable financier du dossier", "Élu·e"]
)
def test_an_unknown_heading_is_asked(heading: str) -> None:
    (read,) = CONTACTS.read([(0, heading)])

    assert read.asked
    assert read.candidates == ()


def test_a_heading_of_several_meanings_is_asked_with_them() -> None:
    titre, contact = CONTACTS.read([(0, "Titre"), (1, "Contact")])

    assert (titre.column, titre.candidates) == (None, ("civility", "title"))
    assert (contact.column, contact.candidates) == (None, ("full_name", "email", "phone"))


def test_a_second_heading_for_a_column_of_one_value_is_asked() -> None:
    first, second = CONTACTS.read([(0, "Ville"), (1, "Commune")])

    assert first.column == "city"
    assert (second.column, second.candidates) == (None, ("city",))


def test_several_headings_may_mean_the_addresses() -> None:
    read = CONTACTS.read([(0, "Mail"), (1, "Mail (2)"), (2, "Courriel")])

    assert [heading.column for heading in read] == ["email", "email", "email"]


def test_what_was_chosen_or_taught_goes_before_what_is_usual() -> None:
    read = CONTACTS.read(
        [(0, "Titre"), (1, "Observations"), (2, "Couleur")],
        chosen={0: "title"},
        remembered={fold("Observations"): IGNORED, fold("Couleur"): "labels", fold("Titre"): "civility"},
    )

    assert [(heading.column, heading.remembered) for heading in read] == [
        ("title", False),
        (IGNORED, True),
        ("labels", True),
    ]


def test_every_column_is_known_by_its_own_label() -> None:
    for columns in (CONTACTS, SCHEMES):
        for column in columns.choices():
            assert columns.read([(0, column.label)])[0].column == column.key
