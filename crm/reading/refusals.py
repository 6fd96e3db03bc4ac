"""The sentences said of a file that is not read, by code: the reason, then the way out."""

from __future__ import annotations

from typing import NoReturn

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.reading.limits import Limits, Unreadable


_SAVE_AS = _(
    "Ouvrez-le dans votre tableur et enregistrez-le au format Excel (.xlsx) ou CSV, puis déposez-le à nouveau."
)
_OTHER_FILE = _("Choisissez un fichier de tableur : Excel (.xlsx ou .xls), OpenDocument (.ods) ou CSV.")
_COPY_TABLE = _(
    "Copiez le tableau dans un classeur neuf, enregistrez-le au format .xlsx ou CSV, puis déposez-le à nouveau."
)
_SPLIT = _("Partagez-le en plusieurs fichiers et importez-les l’un après l’autre.")

_SENTENCES: dict[str, tuple[Promise, Promise]] = {
    "no_bytes": (_("Le fichier « %(name)s » est vide."), _("Vérifiez que l’enregistrement s’est bien terminé, puis déposez-le à nouveau.")),
    "size": (_("Le fichier « %(name)s » pèse plus de %(size)s Mo."), _SPLIT),
    "pdf": (
        _("Le fichier « %(name)s » est un PDF, pas un tableau."),
        _("Demandez le fichier de tableur dont il est tiré, au format Excel (.xlsx) ou CSV."),
    ),
    "image": (_("Le fichier « %(name)s » est une image, pas un tableau."), _OTHER_FILE),
    "html": (
        _("Le fichier « %(name)s » est une page web enregistrée sous un nom de tableur."),
        _SAVE_AS,
    ),
    "xml_spreadsheet": (_("Le fichier « %(name)s » est un classeur Excel 2003 au format XML, que l’outil ne lit pas."), _SAVE_AS),
    "xml": (_("Le fichier « %(name)s » est un document XML, pas un tableau."), _OTHER_FILE),
    "json": (_("Le fichier « %(name)s » est un fichier JSON, pas un tableau."), _OTHER_FILE),
    "vcard": (
        _("Le fichier « %(name)s » est un carnet d’adresses (vCard), pas un tableau."),
        _("Exportez ces contacts au format CSV depuis votre carnet d’adresses, puis déposez le fichier CSV."),
    ),
    "mail": (_("Le fichier « %(name)s » est un message, pas un tableau."), _("Enregistrez sa pièce jointe, puis déposez-la.")),
    "rtf": (_("Le fichier « %(name)s » est un texte mis en forme (RTF), pas un tableau."), _COPY_TABLE),
    "word": (_("Le fichier « %(name)s » est un document texte, pas un tableau."), _COPY_TABLE),
    "slides": (_("Le fichier « %(name)s » est une présentation, pas un tableau."), _COPY_TABLE),
    "numbers": (
        _("Le fichier « %(name)s » vient de Numbers, que l’outil ne lit pas."),
        _("Dans Numbers, exportez-le au format Excel (.xlsx) ou CSV, puis déposez-le à nouveau."),
    ),
    "xlsb": (_("Le fichier « %(name)s » est un classeur Excel binaire (.xlsb), que l’outil ne lit pas."), _SAVE_AS),
    "old_excel": (_("Le fichier « %(name)s » vient d’une version d’Excel trop ancienne."), _SAVE_AS),
    "archive": (
        _("Le fichier « %(name)s » est une archive, pas un tableau."),
        _("Sortez-en le fichier de tableur, puis déposez-le seul."),
    ),
    "binary": (_("Le fichier « %(name)s » n’est ni un classeur ni un fichier CSV."), _OTHER_FILE),
    "password": (
        _("Le fichier « %(name)s » est protégé par un mot de passe."),
        _("Ouvrez-le dans votre tableur, retirez le mot de passe, enregistrez-le, puis déposez-le à nouveau."),
    ),
    "damaged": (
        _("Le fichier « %(name)s » est abîmé ou incomplet : il ne peut pas être lu jusqu’au bout."),
        _("Ouvrez-le dans votre tableur : s’il s’ouvre, enregistrez-le sous un autre nom et déposez cette copie ; sinon, demandez-le à nouveau."),
    ),
    "bomb": (_("Le fichier « %(name)s » contient beaucoup plus que sa taille ne l’annonce : il est refusé par prudence."), _COPY_TABLE),
    "entities": (_("Le fichier « %(name)s » contient des instructions XML qu’un tableur n’écrit pas : il est refusé par prudence."), _COPY_TABLE),
    "memory": (
        _("Le classeur « %(name)s » demande trop de mémoire : il est trop grand, ou une cellule isolée s’y trouve très loin du tableau."),
        _COPY_TABLE,
    ),
    "slow": (_("Le classeur « %(name)s » demande trop de temps de lecture."), _COPY_TABLE),
    "rows": (_("Le fichier « %(name)s » a plus de %(rows)s lignes."), _SPLIT),
    "columns": (
        _("Le fichier « %(name)s » a plus de %(columns)s colonnes."),
        _("Supprimez les colonnes qui ne servent pas, enregistrez-le, puis déposez-le à nouveau."),
    ),
    "text": (_("Le fichier « %(name)s » contient trop de texte."), _SPLIT),
    "no_sheet": (
        _("Le classeur « %(name)s » n’a pas de feuille « %(sheet)s »."),
        _("Choisissez l’une de ses feuilles : %(sheets)s."),
    ),
    "empty": (
        _("Le fichier « %(name)s » ne contient aucune cellule remplie."),
        _("Vérifiez que le tableau se trouve bien dans ce fichier, puis déposez-le à nouveau."),
    ),
    "quote": (
        _("Le fichier « %(name)s » a, ligne %(line)s, une cellule sans fin : un guillemet y est sans doute ouvert et jamais refermé."),
        _("Ouvrez-le dans votre tableur, corrigez cette ligne et enregistrez-le au format .xlsx, puis déposez-le à nouveau."),
    ),
    "heading": (
        _("Aucune ligne de titres de colonnes n’a été trouvée dans le fichier « %(name)s »."),
        _("Mettez en tête du tableau une ligne qui nomme les colonnes (Nom, Prénom, Mail, Structure …), puis déposez-le à nouveau."),
    ),
}  # fmt: skip


def refuse(code: str, *, name: str, limits: Limits, **more: object) -> NoReturn:
    """Raise the refusal of the file of this name, in the language of who reads.

    An unknown code is said as a damaged file: it comes from a process that has read something hostile.
    """

    reason, hint = _SENTENCES.get(code, _SENTENCES["damaged"])
    words = {
        "name": _shown(name),
        "size": number_format(limits.size >> 20, force_grouping=True),
        "rows": number_format(limits.rows, force_grouping=True),
        "columns": number_format(limits.columns, force_grouping=True),
        "line": "?",
        "sheet": "?",
        "sheets": "?",
        **more,
    }
    raise Unreadable(str(reason) % words, str(hint) % words)


def _shown(name: str) -> str:
    """Return the name of a file as it may be shown: on one line, and short."""

    name = " ".join("".join(c if c.isprintable() else " " for c in name).split()) or "?"
    return name if len(name) <= 80 else f"{name[:60]}…{name[-15:]}"
