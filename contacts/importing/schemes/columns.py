"""Which column a heading of a file of schemes means."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from contacts.importing.headings import REASON_HEADING, Columns, Known


SCHEMES = Columns(
    [
        Known(
            "type",
            _("Type"),
            "type de démarche|type de dispositif|démarche|dispositif|nature|type de démarche territoriale|catégorie|asv cls clsm",
            example="CLS",
        ),
        Known(
            "name",
            _("Intitulé"),
            "nom|nom de la démarche|intitulé de la démarche|titre|libellé|nom du dispositif|démarche (intitulé)|"
            "intitulé du contrat|dénomination|nom du contrat|intitulé exact",
            example="CLS de Saint-Denis",
        ),
        Known(
            "territories",
            _("Territoires"),
            "territoire|territoire(s)|territoire concerné|territoires concernés|périmètre|territoire d’intervention|"
            "territoires d’intervention|commune|communes|ville|villes|epci|collectivité|territoire couvert|périmètre géographique",
            example="Saint-Denis (93)",
            several=True,
        ),
        Known(
            "department", _("Département"), "dept|dépt|dpt|dép|n° département|code département", example="93"
        ),
        Known(
            "lead",
            _("Structure porteuse"),
            "porteur|structure|porteuse|organisme porteur|structure pilote|portage|porté par|employeur|organisme|"
            "structure employeuse|collectivité porteuse|portée par",
            example="Ville de Saint-Denis",
        ),
        Known(
            "service",
            _("Service"),
            "service porteur|direction|service de rattachement|services",
            example="Santé",
        ),
        Known(
            "coordination",
            _("Coordination"),
            "coordination (nom prénom)|coordinateur|coordinatrice|coordinateur·rice|coordonnateur|coordinateurs|nom du coordinateur|"
            "coordonnée par|coordinateur (nom prénom)|coordination nom prénom|coordo|référent technique|chef de projet",
            example="DURAND Jeanne",
            several=True,
        ),
        Known(
            "email",
            _("E-mail"),
            "mail|courriel|email|adresse mail|e-mail de la démarche|mail de la démarche|mail coordination|mail contact|adresse e-mail",
            example="cls@ville-saint-denis.example",
        ),
        Known(
            "share",
            _("Temps de coordination"),
            "temps|etp|quotité|temps dédié|temps de travail|temps coordination|temps de coordination (etp)|nombre d’etp",
            example="0,5 ETP",
        ),
        Known(
            "state",
            _("État"),
            "statut|état d’avancement|avancement|état de la démarche|situation",
            example="En activité",
        ),
        Known(
            "starts_on",
            _("Début"),
            "date de début|début le|signé le|date de signature|signature|depuis|depuis le|année de début|création|date de création|"
            "du|date début|année de signature|lancement",
            example="2022",
        ),
        Known(
            "ends_on",
            _("Fin"),
            "date de fin|fin le|échéance|jusqu’au|jusqu’en|année de fin|au|date fin|terme",
            example="2027",
        ),
        Known(
            "elected",
            _("Élu·e référent·e"),
            "élu|élue|élu référent|élu(e) référent(e)|élue référente|élu·e|nom de l’élu|élu en charge|élu à la santé|"
            "élu.e référent.e|élu référent (nom prénom)",
            example="Mme MARTIN Claire",
        ),
        Known(
            "notes",
            _("Commentaires (notes)"),
            "commentaires|commentaire|observations|notes|remarques|remarque|précisions|informations complémentaires|infos",
            example="Renouvellement en cours de discussion.",
            several=True,
        ),
    ],
    ignored=[REASON_HEADING, "Motif", "Ligne d’origine"],
    fillers="de du des d la le les l et un une",
)
