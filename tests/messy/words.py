"""The closed lists that the messy cells are made from, the ways they are misspelt, and what stays free text."""

from __future__ import annotations


#: Level-1 code → (level-1 label, level-2 labels).
THEMES: dict[str, tuple[str, list[str]]] = {
    "T01": ("Accès aux soins", ["Réduire les inégalités sociales et territoriales d'accès aux soins", "Offre de soins et déserts médicaux", "Centres et maisons de santé", "Centres de santé communautaire", "Exercice coordonné et CPTS"]),
    "T02": ("Accès aux droits", ["Dématérialisation et accès aux droits de santé", "Non-recours", "Inclusion numérique"]),
    "T03": ("Aller-vers, médiation et santé communautaire", ["Aller-vers", "Médiation en santé", "Santé communautaire", "Participation des habitant·es", "Pouvoir d'agir"]),
    "T04": ("Santé mentale", ["Santé mentale et isolement social", "Stigmatisation", "Santé mentale dans les QPV", "Conseils locaux de santé mentale"]),
    "T05": ("Alimentation", ["Alimentation et territoires", "Accessibilité d'une alimentation saine", "Précarité alimentaire"]),
    "T06": ("Santé-environnement", ["Précarité et santé-environnement", "Transition écologique et inégalités", "Évaluation d'impact sur la santé (EIS)"]),
    "T07": ("Habitat et transformations urbaines", ["Habiter et promotion de la santé", "Habitant·es, transformations urbaines et santé", "Logement social", "Renouvellement urbain"]),
    "T08": ("École, jeunesse et parentalité", ["École, promotion de la santé et territoires", "Santé des jeunes", "Parentalité et inégalités sociales de santé"]),
    "T09": ("Discriminations et publics", ["Discriminations et santé", "Santé des femmes", "Personnes migrantes", "Gens du voyage", "Avancer en âge", "Handicap", "Grande précarité"]),
    "T10": ("Déterminants et inégalités", ["Inégalités sociales et territoriales de santé", "Déterminants de la santé", "Santé dans toutes les politiques", "Prévention et promotion de la santé", "Observation locale"]),
    "T11": ("Territoires", ["Quartiers prioritaires (QPV)", "Volet santé des contrats de ville", "Milieu rural", "Territoires ultramarins"]),
    "T12": ("Coordination des démarches", ["Rôle et métier de coordinateur·rice", "Diagnostic territorial", "Pilotage et gouvernance", "Échelles de déploiement", "Articulation ASV, CLS, CLSM, CPTS", "Moyens et financements", "Mobilisation des élu·es"]),
    "T13": ("Capitalisation, recherche et formation", ["Capitalisation des expériences", "Données probantes et prometteuses", "Recherche interventionnelle", "Formation", "Plaidoyer"]),
}  # fmt: skip

#: (key as the truth names it: code for level 1, label for level 2; label as written)
THEME_LABELS = [(code, label) for code, (label, _) in THEMES.items()] + [
    (label, label) for _, labels in THEMES.values() for label in labels
]

#: The themes that this network writes about most.
FREQUENT_THEMES = [
    "T01", "T02", "T03", "T04", "T05", "T06", "T09", "T10", "Aller-vers", "Médiation en santé", "Santé communautaire",
    "Participation des habitant·es", "Conseils locaux de santé mentale", "Logement social", "Santé des jeunes",
    "Santé des femmes", "Inégalités sociales et territoriales de santé", "Quartiers prioritaires (QPV)",
    "Diagnostic territorial", "Exercice coordonné et CPTS",
]  # fmt: skip

#: Written forms that fold to the label: inclusive writing, elided accents, hyphens.
THEME_VARIANTS = {
    "Participation des habitant·es": ["Participation des habitants", "participation des habitant.e.s", "Participation des habitant-es", "participation des habitant(e)s"],
    "Rôle et métier de coordinateur·rice": ["Rôle et métier de coordinatrice", "Role et metier de coordonnateur", "Rôle et métier de coordinateur-rice", "rôle et métier de coordo"],
    "Mobilisation des élu·es": ["Mobilisation des élus", "mobilisation des élu.e.s"],
    "T06": ["Santé environnement", "SANTE-ENVIRONNEMENT", "santé–environnement"],
    "Aller-vers": ["Aller vers", "ALLER-VERS", "aller vers"],
    "T04": ["santé mentale", "SANTE MENTALE", "Sante mentale", "Santé  mentale"],
    "T01": ["Acces aux soins", "accès aux soins", "ACCÈS AUX SOINS"],
    "Médiation en santé": ["mediation en sante", "Médiation  en santé"],
}  # fmt: skip

#: Typos: the theme is proposed to a person, never put by the importer itself.
THEME_TYPOS = [
    ("Santé mantale", "T04"), ("Sante mentalle", "T04"), ("Acces au soins", "T01"), ("Accés aux drois", "T02"),
    ("Alimantation", "T05"), ("Santé environement", "T06"), ("Médiation en snaté", "Médiation en santé"),
    ("Discrimination et public", "T09"), ("Santé comunautaire", "Santé communautaire"),
    ("Renouvelement urbain", "Renouvellement urbain"), ("Logement sociale", "Logement social"),
    ("Santé des feemmes", "Santé des femmes"), ("Pouvoir d'agire", "Pouvoir d'agir"),
    ("Determinant de santé", "Déterminants de la santé"), ("Diagnostique territorial", "Diagnostic territorial"),
    ("Handicape", "Handicap"),
]  # fmt: skip

#: Abbreviations: an importer may know them (then that theme) or list them as unknown; nothing else.
THEME_ABBREVIATIONS = [
    ("EIS", "Évaluation d'impact sur la santé (EIS)"), ("QPV", "Quartiers prioritaires (QPV)"), ("SM", "T04"),
    ("ISTS", "Inégalités sociales et territoriales de santé"), ("Évaluation d'impact sur la santé", "Évaluation d'impact sur la santé (EIS)"),
    ("santé com", "Santé communautaire"), ("CLSM", "Conseils locaux de santé mentale"),
]  # fmt: skip

#: Themes that the list does not hold and that resemble none of it.
UNKNOWN_THEMES = [
    "Addictions",
    "Sport-santé",
    "Vaccination",
    "Bucco-dentaire",
    "Sommeil",
    "Nutrition",
    "divers",
    "à définir",
    "VIH / IST",
]

#: Category key (level-1 code or exact level-2 label) → how cells write it when the importer must know it.
CATEGORY_SPELLINGS = {
    "COL": ["Collectivité territoriale", "COLLECTIVITE TERRITORIALE", "Collectivité Territoriale "],
    "Commune": ["Commune", "commune", "COMMUNE"],
    "CCAS ou CIAS": ["CCAS ou CIAS", "ccas ou cias"],
    "EPCI": ["EPCI", "epci", "E.P.C.I."],
    "Métropole": ["Métropole", "METROPOLE", "metropole"],
    "Département": ["Département", "departement"],
    "Région": ["Région", "REGION"],
    "ETA": ["État", "Etat", "ETAT"],
    "Préfecture": ["Préfecture", "prefecture"],
    "SAN": ["Agence et protection sociale", "Agence et Protection Sociale"],
    "ARS, siège": ["ARS, siège", "ARS siège", "ars, siege"],
    "APP": ["Appui en région", "APPUI EN REGION"],
    "TET": ["Tête de réseau nationale", "tete de reseau nationale"],
    "ASS": ["Association locale", "ASSOCIATION LOCALE", "association locale"],
    "Centre social": ["Centre social", "centre social", "CENTRE SOCIAL"],
    "SOI": ["Offre de soins", "OFFRE DE SOINS"],
    "CPTS": ["CPTS", "cpts", "C.P.T.S."],
    "Maison ou centre de santé": ["Maison ou centre de santé", "maison ou centre de sante"],
    "Établissement hospitalier": ["Établissement hospitalier", "Etablissement hospitalier"],
    "REC": ["Recherche et formation", "RECHERCHE ET FORMATION"],
    "Université et laboratoire": ["Université et laboratoire", "universite et laboratoire"],
    "HAB": ["Habitat", "HABITAT", "habitat"],
    "Bailleur social": ["Bailleur social", "bailleur social"],
    "AUT": ["Autre", "autre"],
    "À titre individuel": ["À titre individuel", "a titre individuel"],
}  # fmt: skip

UNKNOWN_CATEGORIES = [
    "Ville",
    "asso",
    "Institutionnel",
    "Partenaire historique",
    "à classer",
    "Collectivités territoriales",
    "Assoc. locale",
]

#: Free titles with what they are in the closed list: (feminine, masculine, other writings, function, sure).
#: `sure` says that the title folds to the function's label; else the function is only likely.
TITLES: dict[str, tuple[str, str, list[str], str, bool]] = {
    "asv": ("Coordinatrice ASV", "Coordinateur ASV", ["Coordinateur·rice ASV", "coordonnatrice ASV", "coordonnateur ASV", "Coordo ASV", "coordinateur-rice ASV", "Coordinateur.rice ASV", "COORDINATRICE ASV"], "Coordinateur·rice ASV", True),
    "cls": ("Coordinatrice CLS", "Coordinateur CLS", ["Coordinateur·rice CLS", "Coordonnatrice CLS", "coordo CLS", "Coordinateur/trice CLS", "coordinateur(trice) CLS"], "Coordinateur·rice CLS", True),
    "clsm": ("Coordinatrice CLSM", "Coordinateur CLSM", ["Coordonnateur·rice CLSM", "coordonnatrice CLSM", "coordo CLSM"], "Coordinateur·rice CLSM", True),
    "cpts": ("Coordinatrice CPTS", "Coordinateur CPTS", ["coordinateur-rice CPTS", "Coordo CPTS"], "Coordinateur·rice CPTS", True),
    "coord": ("Coordinatrice santé", "Coordinateur santé", ["Coordinateur·rice CLS-ASV", "coordonnatrice de l'atelier santé ville"], "", False),
    "region": ("Animatrice régionale", "Animateur régional", ["Animateur·rice régional·e"], "Animateur·rice régional·e", True),
    "pv": ("Cheffe de projet politique de la ville", "Chef de projet politique de la ville", ["Chef·fe de projet politique de la ville", "chef.fe de projet politique de la ville"], "Chef·fe de projet politique de la ville", True),
    "mission": ("Chargée de mission santé", "Chargé de mission santé", ["Chargé·e de mission santé publique", "chargée de projets prévention"], "Chargé·e de mission ou de projets", False),
    "resp": ("Responsable du service santé", "Responsable du service santé", ["Responsable santé publique", "Resp. service santé"], "Responsable de service santé", False),
    "directrice": ("Directrice", "Directeur", ["Directeur·rice", "DIRECTRICE"], "Directeur·rice", True),
    "dga": ("Directrice générale adjointe", "Directeur général adjoint", ["DGA Solidarités"], "Directeur·rice", False),
    "presidente": ("Présidente", "Président", ["Président·e", "présidente"], "Président·e", True),
    "dp": ("Déléguée du préfet", "Délégué du préfet", ["Délégué·e du préfet"], "Délégué·e du préfet", True),
    "inspectrice": ("Inspectrice principale", "Inspecteur principal", ["Inspectrice de l'action sanitaire et sociale"], "Inspecteur·rice (IASS)", False),
    "maire": ("Maire", "Maire", ["maire"], "Maire", True),
    "adjointe": ("Adjointe au maire à la santé", "Adjoint au maire à la santé", ["Adjoint·e au maire, santé et solidarités", "Elue à la santé"], "Adjoint·e ou vice-président·e à la santé", False),
    "medecin": ("Médecin de santé publique", "Médecin de santé publique", ["médecin de santé publique"], "Médecin de santé publique", True),
    "soin": ("Infirmière", "Infirmier", ["Sage-femme", "Médecin généraliste"], "Professionnel·le de santé", False),
    "mediatrice": ("Médiatrice en santé", "Médiateur en santé", ["Médiateur·rice en santé", "mediatrice en sante"], "Médiateur·rice en santé", True),
    "chercheuse": ("Chercheure", "Chercheur", ["Chercheur·e"], "Chercheur·e", True),
    "mcf": ("Maîtresse de conférences", "Maître de conférences", ["Doctorante"], "Chercheur·e", False),
    "formatrice": ("Formatrice", "Formateur", ["Formateur·rice"], "Formateur·rice", True),
    "ars": ("Référente ARS", "Référent ARS", ["Référent·e ARS"], "Référent·e ARS", True),
    "habitante": ("Habitante", "Habitant", ["Habitant·e"], "Habitant·e", True),
}  # fmt: skip

SERVICES = [
    ("Santé", "Santé"), ("santé", "Santé"), ("Politique de la ville", "Politique de la ville"),
    ("POLITIQUE DE LA VILLE", "Politique de la ville"), ("Cohésion sociale", "Cohésion sociale"),
    ("cohesion sociale", "Cohésion sociale"), ("Éducation", "Éducation"), ("Direction de la santé publique", None),
    ("Pôle solidarités", None), ("DGA Ville durable", None),
]  # fmt: skip

SCHEMES = [
    ("ASV", ["ASV"]),
    ("CLS", ["CLS"]),
    ("CLSM", ["CLSM"]),
    ("CPTS", ["CPTS"]),
    ("CLS 2", ["CLS"]),
    ("ASV-CLS", ["ASV", "CLS"]),
    ("C.L.S.", ["CLS"]),
    ("ASV ; CLSM", ["ASV", "CLSM"]),
]

COMMENTS = [
    "rencontrée aux journées 2019", "ex-CODES, ancienne coordinatrice ASV", "retraité depuis juin", "partie en 2022, remplaçante non connue",
    "parti en 2022 ?", "congé maternité jusqu'en mars", "en arrêt maladie longue durée (burn-out)", "diabétique, éviter les déjeuners tardifs",
    "suivie pour un cancer, ne pas solliciter avant l'été", "très bon intervenant 👍", "🔴 à rappeler", "À RELANCER 😀 pour le webinaire",
    "=> à relancer", "- vu au colloque 2023", "+ intéressée par le groupe de travail", "@reseau_sante sur les réseaux", "=1+1",
    "=CONCATENER(A1;B1)", "-2+3+cmd|' /C calc'!A0", "@SOMME(1;2)", "Voir avec l'ancienne coordinatrice\nNe pas appeler le mercredi",
    "adhérent 2021, 2022", "a quitté son poste", "poste vacant jusqu'en septembre", "Préfère le téléphone", "cf. mail du 12/03",
    "ne répond pas", "doublon ?", "intervenue au webinaire aller-vers", "mise en relation avec la CPTS", "ancienne adresse : 12 rue des Lilas",
]  # fmt: skip
