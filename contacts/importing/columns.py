"""The columns of a file of contacts, with the headings that surely mean each, as people write them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from contacts.importing.headings import REASON_HEADING, Columns, Known


CONTACTS = Columns(
    [
        Known("record", _("Numéro de fiche"), "n° de fiche|no de fiche|numéro de la fiche", example=""),
        Known("kind", _("Nature"), "nature de la fiche|personne / structure", example="personne"),
        Known(
            "civility",
            _("Civilité"),
            "civ|M./Mme|M. Mme|Mme/M.|Mme ou M.|Monsieur Madame|sexe|genre",
            example="Mme",
        ),
        Known(
            "last_name",
            _("Nom"),
            "noms|nom de famille|nom usuel|nom d’usage|nom patronymique|nom marital|nom du contact|nom de la personne|"
            "nom de naissance|last name|surname|family name|lastname",
            example="DURAND",
        ),
        Known(
            "first_name",
            _("Prénom"),
            "prénoms|prénom usuel|prénom du contact|prénom de la personne|first name|given name|firstname",
            example="Jeanne",
        ),
        Known(
            "full_name",
            _("Nom et prénom"),
            "nom prénom|nom, prénom|nom / prénom|nom - prénom|NOM Prénom du contact|noms prénoms|noms et prénoms|"
            "nom complet|identité|nom prénom contact",
        ),
        Known(
            "full_name_first",
            _("Prénom et nom"),
            "prénom nom|prénom / nom|prénoms noms|display name|full name",
            example="Jeanne DURAND",
        ),
        Known(
            "organisation",
            _("Structure"),
            "structures|organisme|organismes|organisation|employeur|structure employeuse|structure / organisme|"
            "organisme / structure|structure ou organisme|organisme employeur|nom de la structure|nom structure|"
            "nom de l’organisme|nom organisme|structure de rattachement|organisme de rattachement|raison sociale|société|"
            "entreprise|établissement|institution|nom de l’organisation|structure d’appartenance|structure / employeur|"
            "employeur / structure|company|organization|organisation / structure|collectivité ou structure|"
            "nom de l’association|nom de l’établissement",
            example="Ville de Saint-Denis",
        ),
        Known("sigle", _("Sigle"), "acronyme|sigle de la structure|sigle structure|nom court", example="VSD"),
        Known(
            "siret",
            _("SIRET"),
            "n° siret|numéro siret|siret de la structure|no siret",
            example="21930066100016",
        ),
        Known(
            "title",
            _("Fonction"),
            "fonctions|poste|intitulé|intitulé du poste|intitulé de poste|intitulé exact|intitulé de la fonction|poste occupé|"
            "fonction exercée|fonction occupée|fonction / poste|poste / fonction|fonction ou poste|profession|métier|qualité|"
            "emploi|job title|fonction dans la structure|fonction et titre|libellé du poste|mission",
            example="Coordinatrice CLS",
        ),
        Known(
            "function",
            _("Fonction de la liste"),
            "fonction (liste)|type de fonction|fonction type|fonction normalisée|famille de fonction|catégorie de fonction",
            example="Coordinateur·rice CLS",
        ),
        Known(
            "service",
            _("Service"),
            "services|service / direction|direction / service|direction ou service|service ou direction|service de rattachement|"
            "pôle / service|direction|pôle|unité|service ou pôle",
            example="Santé",
        ),
        Known(
            "email",
            _("E-mail"),
            "mail|mails|e-mails|email|emails|courriel|courriels|mel|mél|adresse mail|adresse e-mail|adresse email|"
            "autres e-mails|autres mails|adresse courriel|adresse électronique|adresses mail|mail 1|courrier électronique|e mail address|adresse mel|"
            "messagerie|mail contact|courriel contact|e-mail contact|adresse mail contact",
            several=True,
            example="jeanne.durand@ville.example",
        ),
        Known(
            "personal_email",
            _("E-mail personnel"),
            "e-mails privés|e-mails personnels|mail perso|e-mail perso|email perso|mail personnel|courriel perso|courriel personnel|adresse mail personnelle|"
            "adresse e-mail personnelle|mail privé",
            several=True,
            example="jeanne@courriel.example",
        ),
        Known(
            "phone",
            _("Téléphone"),
            "autres téléphones|tél|tel|tph|téléphones|tél. fixe|téléphone fixe|fixe|ligne directe|tél. direct|standard|tél. standard|"
            "numéro de téléphone|n° de téléphone|n° tél|numéro de tél|tél. bureau|téléphone bureau|phone|coordonnées téléphoniques|"
            "tél. contact|téléphone contact",
            several=True,
            example="01 99 00 12 34",
        ),
        Known(
            "mobile",
            _("Téléphone portable"),
            "portable|portables|mobile|mobiles|port|port.|gsm|tél. portable|tél. port.|tél. mobile|téléphone mobile|"
            "numéro de portable|n° portable|n° de portable|cellulaire",
            several=True,
            example="06 39 98 12 34",
        ),
        Known(
            "personal_phone",
            _("Téléphone personnel"),
            "téléphones privés|téléphones personnels|tél. perso|téléphone perso|portable perso|tél. personnel|portable personnel|mobile perso",
            several=True,
            example="06 39 98 56 78",
        ),
        Known(
            "street",
            _("Adresse"),
            "adresse postale|adresse 1|adresse 2|rue|voie|n° et rue|numéro et rue|adresse complète|complément d’adresse|"
            "complément adresse|adresse administrative|adresse de la structure|adresse structure|bp|boîte postale|lieu-dit",
            several=True,
            example="2 place Victor-Hugo",
        ),
        Known(
            "postcode",
            _("Code postal"),
            "CP|C.P.|code post|codes postaux|zip|cp ville code|code postal structure",
            example="93200",
        ),
        Known(
            "city",
            _("Ville"),
            "commune|localité|bureau distributeur|ville / commune|commune / ville|ville ou commune|villes|city|"
            "commune d’exercice|ville d’exercice|ville de la structure|ville structure",
            example="Saint-Denis",
        ),
        Known(
            "department",
            _("Département"),
            "dept|dépt|dpt|dép|dep|départ|n° département|n° dept|numéro de département|numéro département|code département|"
            "département (n°)|département d’exercice|départements|dépts",
            example="93",
        ),
        Known(
            "region",
            _("Région"),
            "régions|région administrative|rég|région d’exercice|nom de la région",
            example="Île-de-France",
        ),
        Known(
            "territory",
            _("Territoire d’intervention"),
            "territoire|territoires|territoires d’intervention|territoire(s) d’intervention|territoire(s)|"
            "zone d’intervention|zone géographique|périmètre|périmètre d’intervention|périmètre géographique|secteur géographique|"
            "territoire concerné|territoires concernés|territoire d’action|territoire d’exercice|lieu d’intervention|epci|"
            "intercommunalité|qpv|quartier|quartiers|quartier prioritaire|échelle territoriale",
            several=True,
            example="Plaine Commune",
        ),
        Known(
            "scheme",
            _("Démarche"),
            "démarches|dispositif|dispositifs|démarche territoriale|démarches territoriales|démarche coordonnée|"
            "démarches coordonnées|dispositif territorial|asv / cls / clsm|asv cls clsm|dispositif(s)|type de dispositif|"
            "type de démarche|démarche locale de santé|dispositif / démarche|démarche / dispositif",
            several=True,
            example="CLS de Saint-Denis",
        ),
        Known(
            "themes",
            _("Thématiques"),
            "thématique|thématique(s)|thème|thèmes|thème(s)|thématiques de travail|thématiques d’intérêt|"
            "thématiques d’intervention|thématiques suivies|thématiques travaillées|sujets|domaines d’intervention|"
            "domaine d’intervention|domaines d’expertise|centres d’intérêt|domaines",
            several=True,
            example="Santé mentale ; Accès aux soins",
        ),
        Known(
            "category",
            _("Catégorie"),
            "catégories|catégorie institutionnelle|type de structure|type d’organisme|type d’organisation|nature de la structure|"
            "catégorie de structure|catégorie de la structure|type structure|type organisme|catégorie d’acteur|type d’acteur|"
            "statut de la structure|nature juridique",
            example="Commune",
        ),
        Known(
            "newsletter",
            _("Newsletter"),
            "newsletter o/n|lettre d’information|lettre d’info|infolettre|abonné newsletter|abonnement newsletter|"
            "inscrit newsletter|inscription newsletter|reçoit la newsletter|envoi newsletter|news letter|lettre électronique|"
            "newsletters|lettre|abonné à la newsletter|inscrit à la newsletter|newsletter (oui/non)|nl",
            example="O",
        ),
        Known(
            "invitations",
            _("Invitations"),
            "invitation|invitations aux évènements|invitations aux événements|invitation o/n|reçoit les invitations|"
            "à inviter|évènements|événements",
            example="O",
        ),
        Known(
            "surveys",
            _("Appels et enquêtes"),
            "enquêtes|enquête|appels à témoignages|sondages|questionnaires",
            example="N",
        ),
        Known(
            "referrals",
            _("Mise en relation"),
            "mises en relation|accepte la mise en relation|accord mise en relation|peut être contacté|"
            "accepte d’être mis en relation|accord pour être contacté",
            example="oui",
        ),
        Known(
            "association",
            _("Vie associative"),
            "vie de l’association|informations associatives|infos vie associative",
            example="N",
        ),
        Known(
            "state",
            _("État"),
            "état de la fiche|état du contact|situation de la personne|contact actif",
            example="Active",
        ),
        Known(
            "verified_on",
            _("Vérifiée le"),
            "vérifié le|maj|maj le|mise à jour|mise à jour le|mis à jour le|date de mise à jour|date mise à jour|date maj|"
            "date de maj|dernière mise à jour|dernière maj|actualisé le|actualisation|date de vérification|date d’actualisation|"
            "fiche vérifiée le|date de dernière mise à jour|vérification|modifié le",
            example="12/03/2026",
        ),
        Known(
            "collected_on",
            _("Recueillie le"),
            "recueilli le|date de collecte|date de recueil|créé le|créée le|date de création|date d’ajout|ajouté le|"
            "date d’entrée|date de saisie|saisi le|date d’inscription|inscrit le",
            example="04/11/2025",
        ),
        Known(
            "source",
            _("Source"),
            "sources|origine|provenance|origine du contact|source du contact|provenance du contact|connu par|origine de la fiche",
            example="Rencontre",
        ),
        Known(
            "labels",
            _("Étiquettes"),
            "étiquette|tags|tag|mots-clés|mots clés|mot-clé|groupes|groupe|marqueurs|libellés",
            several=True,
            example="Journée 2025",
        ),
        Known(
            "website",
            _("Site internet"),
            "site|site web|site internet de la structure|url|web|www|adresse du site|lien|site de la structure",
            example="https://www.ville.example",
        ),
        Known(
            "notes",
            _("Commentaires (notes)"),
            "notes internes|commentaires|commentaire|observations|observation|notes|note|remarques|remarque|infos|informations|"
            "informations complémentaires|infos complémentaires|précisions|divers|autres informations|à savoir|historique|"
            "infos diverses|complément d’information|compléments|mémo",
            several=True,
            example="Rencontrée à la journée régionale.",
        ),
    ],
    ambiguous={
        "titre": "civility title",
        "contact": "full_name email phone",
        "contacts": "full_name email phone",
        "nom du référent": "full_name",
        "référent": "full_name notes",
        "personne": "full_name",
        "personne contact": "full_name",
        "personne ressource": "full_name",
        "interlocuteur": "full_name",
        "responsable": "full_name title",
        "coordonnées": "email phone street",
        "type": "category scheme",
        "statut": "category title",
        "catégorie / fonction": "category title",
        "domaine": "themes category",
        "association / structure": "organisation",
        "collectivité": "organisation category",
        "date": "verified_on collected_on",
        "secteur": "territory category",
        "liste": "labels",
        "listes": "labels",
        "diffusion": "newsletter invitations",
        "mailing": "newsletter invitations",
        "info": "notes newsletter",
        "adhérent": "labels notes",
        "adhésion": "labels notes",
    },
    ignored=[REASON_HEADING, "Motif", "Ligne d’origine"],
    fillers="de du des d la le les l et pro professionnel professionnelle professionnels principal principale "
    "secondaire autre un une votre vos sa son au aux",
)
