"""What kinds of organisations a network of public health knows, how they are called, and who works there."""

from __future__ import annotations

from dataclasses import dataclass


# function code, weight, titles of a woman and of a man ("" where the closed function says it all)
FUNCTIONS: dict[str, list[tuple[str, str]]] = {
    "COORDINATION-ASV": [("Coordinatrice de l’atelier santé ville", "Coordinateur de l’atelier santé ville"), ("Coordinatrice ASV", "Coordinateur ASV")],
    "COORDINATION-CLS": [("Coordinatrice du contrat local de santé", "Coordinateur du contrat local de santé"), ("Coordinatrice CLS", "Coordinateur CLS"), ("Animatrice territoriale de santé", "Animateur territorial de santé")],
    "COORDINATION-CLSM": [("Coordinatrice du conseil local de santé mentale", "Coordinateur du conseil local de santé mentale"), ("Coordinatrice CLSM", "Coordinateur CLSM")],
    "COORDINATION-CPTS": [("Coordinatrice de la CPTS", "Coordinateur de la CPTS")],
    "ANIMATION-REGIONALE": [("Animatrice régionale", "Animateur régional")],
    "PROJET-POLITIQUE-VILLE": [("Cheffe de projet politique de la ville", "Chef de projet politique de la ville"), ("Chargée de mission contrat de ville", "Chargé de mission contrat de ville")],
    "PROJET-RENOUVELLEMENT": [("Cheffe de projet renouvellement urbain", "Chef de projet renouvellement urbain")],
    "CHARGE-MISSION": [("Chargée de mission santé", "Chargé de mission santé"), ("Chargée de projets prévention", "Chargé de projets prévention"), ("Chargée de mission solidarités", "Chargé de mission solidarités")],
    "RESPONSABLE-SANTE": [("Responsable du service santé", "Responsable du service santé"), ("Directrice de la santé publique", "Directeur de la santé publique")],
    "RESPONSABLE-AUTRE": [("Responsable de la cohésion sociale", "Responsable de la cohésion sociale"), ("Cheffe du service jeunesse", "Chef du service jeunesse")],
    "DIRECTION": [("Directrice", "Directeur"), ("Directrice adjointe", "Directeur adjoint")],
    "PRESIDENCE": [("Présidente", "Président")],
    "DELEGUE-PREFET": [("Déléguée du préfet", "Délégué du préfet")],
    "AGENT-ETAT": [("Chargée de mission politique de la ville", "Chargé de mission politique de la ville"), ("Cheffe de pôle cohésion sociale", "Chef de pôle cohésion sociale")],
    "REFERENT-ARS": [("Référente territoriale", "Référent territorial"), ("Responsable de l’animation territoriale", "Responsable de l’animation territoriale")],
    "INSPECTION": [("Inspectrice de l’action sanitaire et sociale", "Inspecteur de l’action sanitaire et sociale")],
    "MAIRE": [("Maire", "Maire")],
    "ELU-SANTE": [("Adjointe au maire à la santé", "Adjoint au maire à la santé"), ("Conseillère déléguée à la santé", "Conseiller délégué à la santé")],
    "ELU-AUTRE": [("Adjointe aux solidarités", "Adjoint aux solidarités")],
    "MEDECIN-SANTE-PUBLIQUE": [("Médecin de santé publique", "Médecin de santé publique")],
    "SOIGNANT": [("Infirmière", "Infirmier"), ("Médecin généraliste", "Médecin généraliste"), ("Psychologue", "Psychologue"), ("Sage-femme", "Maïeuticien")],
    "MEDIATION": [("Médiatrice en santé", "Médiateur en santé")],
    "RECHERCHE": [("Maîtresse de conférences", "Maître de conférences"), ("Sociologue", "Sociologue"), ("Chercheuse", "Chercheur")],
    "FORMATION": [("Formatrice", "Formateur"), ("Responsable de formation", "Responsable de formation")],
    "HABITANT": [("Habitante-relais", "Habitant-relais")],
}  # fmt: skip
INCLUSIVE = {
    "COORDINATION-ASV": "Coordinateur·rice ASV",
    "COORDINATION-CLS": "Coordinateur·rice CLS",
    "COORDINATION-CLSM": "Coordinateur·rice CLSM",
    "CHARGE-MISSION": "Chargé·e de mission santé",
    "DIRECTION": "Directeur·rice",
    "PROJET-POLITIQUE-VILLE": "Chef·fe de projet politique de la ville",
    "MEDIATION": "Médiateur·rice en santé",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: where it stands, how it is called (`{of}`, `{place}`, `{word}`), and the functions held there."""

    code: str
    weight: float
    at: str
    names: str
    functions: str
    domain: str
    sigle: str = ""
    services: str = ""


_TOWN = "COORDINATION-ASV:4 COORDINATION-CLS:5 COORDINATION-CLSM:2 PROJET-POLITIQUE-VILLE:4 RESPONSABLE-SANTE:3 CHARGE-MISSION:4 ELU-SANTE:4 MAIRE:1 ELU-AUTRE:1 RESPONSABLE-AUTRE:2 DIRECTION:1 PROJET-RENOUVELLEMENT:1 MEDIATION:1"
_STATE = "DELEGUE-PREFET:4 AGENT-ETAT:5 DIRECTION:1"
_LOCAL = "DIRECTION:4 PRESIDENCE:3 CHARGE-MISSION:4 MEDIATION:3 FORMATION:1 HABITANT:1"
_SERVICES = (
    "SANTE:6 POLITIQUE-VILLE:4 COHESION-SOCIALE:3 RENOUVELLEMENT-HABITAT:1 ENVIRONNEMENT:1 EDUCATION:1"
)

KINDS = (
    Kind("COL-1", 22, "commune", "Ville {of}", _TOWN, "ville-{slug}", services=_SERVICES),
    Kind("COL-2", 9, "epci", "{place}", "COORDINATION-CLS:6 COORDINATION-CLSM:2 PROJET-POLITIQUE-VILLE:4 CHARGE-MISSION:4 RESPONSABLE-SANTE:2 ELU-SANTE:3 PROJET-RENOUVELLEMENT:2", "{slug}", services=_SERVICES),
    Kind("COL-3", 1, "metropole", "{place}", "CHARGE-MISSION:4 RESPONSABLE-SANTE:2 ELU-SANTE:2 COORDINATION-CLS:2", "{slug}", services=_SERVICES),
    Kind("COL-4", 2.5, "departement", "Conseil départemental {of}", "CHARGE-MISSION:4 MEDECIN-SANTE-PUBLIQUE:2 ELU-AUTRE:2 RESPONSABLE-AUTRE:2", "departement-{slug}", services=_SERVICES),
    Kind("COL-5", 1, "region", "Conseil régional {of}", "CHARGE-MISSION:4 ELU-SANTE:2 RESPONSABLE-SANTE:1", "region-{slug}", services="SANTE:3 POLITIQUE-VILLE:1"),
    Kind("COL-6", 4, "commune", "CCAS {of}", "DIRECTION:3 CHARGE-MISSION:3 RESPONSABLE-AUTRE:3 MEDIATION:1", "ccas-{slug}", services="COHESION-SOCIALE:4 SANTE:2"),
    Kind("ETA-3", 4, "departement", "Préfecture {of}", _STATE, "prefecture-{slug}"),
    Kind("ETA-4", 3, "departement", "DDETS {of}", "AGENT-ETAT:5 INSPECTION:2 DIRECTION:1", "ddets-{slug}", sigle="DDETS"),
    Kind("ETA-5", 1, "region", "Rectorat {of}", "AGENT-ETAT:2 SOIGNANT:1 MEDECIN-SANTE-PUBLIQUE:1", "academie-{slug}"),
    Kind("SAN-1", 3, "region", "ARS {place}", "REFERENT-ARS:5 CHARGE-MISSION:3 DIRECTION:1 INSPECTION:1", "ars-{slug}", sigle="ARS"),
    Kind("SAN-2", 5, "departement", "ARS, délégation départementale {of}", "REFERENT-ARS:6 INSPECTION:3 MEDECIN-SANTE-PUBLIQUE:1 DIRECTION:1", "ars-dd-{slug}", sigle="ARS DD"),
    Kind("SAN-4", 2, "departement", "CPAM {of}", "CHARGE-MISSION:3 DIRECTION:1", "cpam-{slug}", sigle="CPAM"),
    Kind("SAN-5", 1, "departement", "CAF {of}", "CHARGE-MISSION:3 DIRECTION:1", "caf-{slug}", sigle="CAF"),
    Kind("APP-1", 3, "region", "IREPS {place}", "CHARGE-MISSION:5 DIRECTION:1 ANIMATION-REGIONALE:3 FORMATION:2", "ireps-{slug}", sigle="IREPS"),
    Kind("APP-2", 1.5, "region", "Centre de ressources politique de la ville {of}", "CHARGE-MISSION:4 DIRECTION:1 ANIMATION-REGIONALE:1", "crpv-{slug}"),
    Kind("APP-3", 1.5, "region", "ORS {place}", "RECHERCHE:3 DIRECTION:1 CHARGE-MISSION:2", "ors-{slug}", sigle="ORS"),
    Kind("APP-4", 1, "town", "Pôle ressources santé {of}", "CHARGE-MISSION:3 DIRECTION:1", "pole-sante-{slug}"),
    Kind("TET-3", 0.6, "france", "Fédération nationale {word} et santé", "DIRECTION:1 CHARGE-MISSION:3 PRESIDENCE:1", "federation-{word}"),
    Kind("TET-2", 0.4, "france", "Réseau national {word} des territoires", "DIRECTION:1 CHARGE-MISSION:3 PRESIDENCE:1", "reseau-{word}"),
    Kind("ASS-1", 4, "town", "{word} Santé {place}", _LOCAL, "{word}-sante-{slug}"),
    Kind("ASS-2", 4, "commune", "Médiation santé {place}", "MEDIATION:5 DIRECTION:1 PRESIDENCE:1 SOIGNANT:1", "mediation-{slug}"),
    Kind("ASS-3", 2, "commune", "Collectif d’habitants {word}, {place}", "HABITANT:4 PRESIDENCE:1", "collectif-{word}-{slug}"),
    Kind("ASS-4", 4, "commune", "Centre social {word}, {place}", "DIRECTION:4 CHARGE-MISSION:2 PRESIDENCE:1", "cs-{word}-{slug}"),
    Kind("ASS-5", 2, "town", "Mission locale {of}", "DIRECTION:2 CHARGE-MISSION:3", "mission-locale-{slug}"),
    Kind("ASS-6", 1, "town", "Accueil et droits {place}", "DIRECTION:1 CHARGE-MISSION:2 PRESIDENCE:1", "accueil-{slug}"),
    Kind("ASS-7", 1, "commune", "Association {word}, {place}", _LOCAL, "asso-{word}-{slug}"),
    Kind("SOI-1", 4, "town", "CPTS {of}", "COORDINATION-CPTS:5 SOIGNANT:3 PRESIDENCE:2", "cpts-{slug}", sigle="CPTS"),
    Kind("SOI-2", 3, "commune", "Centre de santé {word}, {place}", "SOIGNANT:5 DIRECTION:2", "cds-{word}-{slug}"),
    Kind("SOI-3", 2, "town", "Centre hospitalier {of}", "SOIGNANT:4 MEDECIN-SANTE-PUBLIQUE:2 DIRECTION:1", "ch-{slug}", sigle="CH"),
    Kind("SOI-4", 0.6, "region", "URPS infirmiers {place}", "SOIGNANT:2 PRESIDENCE:1", "urps-{slug}", sigle="URPS"),
    Kind("REC-1", 2, "city", "Université {of}", "RECHERCHE:6 FORMATION:1", "univ-{slug}"),
    Kind("REC-3", 0.6, "region", "CNFPT, délégation {place}", "FORMATION:3 CHARGE-MISSION:1", "cnfpt-{slug}", sigle="CNFPT"),
    Kind("HAB-1", 2, "town", "{place} Habitat", "CHARGE-MISSION:2 RESPONSABLE-AUTRE:2 DIRECTION:1", "habitat-{slug}"),
    Kind("HAB-4", 0.6, "city", "Agence d’urbanisme {of}", "CHARGE-MISSION:3 DIRECTION:1", "urbanisme-{slug}"),
    Kind("AUT-3", 1, "city", "Cabinet {word} Conseil", "DIRECTION:1 FORMATION:2 CHARGE-MISSION:1", "{word}-conseil-{slug}"),
)  # fmt: skip
_WORDS = """
Horizon Passerelle Mosaïque Tilleuls Escale Boussole Rivages Trait-d’union Source Alizés Pivoine Archipel
Lavande Kaléidoscope Marelle Bruyères Éclaircie Marguerite Comète Fontaine Canopée Coquelicot Ricochet Ancrage
Grand-Large Girandole Mirabelle Traversée Azimut Balise Cerisaie Hirondelle Envol Parasol Ormeaux Vigie Sésame
Cascade Pluriel Élan Estuaire Olivier
"""
WORDS = _WORDS.split()


def weighted(text: str) -> tuple[list[str], list[float]]:
    """`A:4 B:1` as the things and their weights."""
    pairs = [part.split(":") for part in text.split()]
    return [name for name, _weight in pairs], [float(weight) for _name, weight in pairs]
