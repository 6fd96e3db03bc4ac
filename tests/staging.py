"""What a base needs beside the demonstration for each page to have something to show: imports that stand at each step,
a merge, an exchange, a file, a kept filter, an export. Made by the site's own verbs."""

from __future__ import annotations

import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from contacts import merging
from contacts.models import Contact, ContactFile, DoublePair, Interaction
from crm import previewing, receiving, sealing
from crm.models import AuditEntry, Deed, Export, ImportBatch, Purpose, SavedFilter, User


# A list as somebody keeps it: a heading of one's own, a theme and a function nobody knows, a line without a name.
LIST = """Nom;Prénom;Fonction;Structure;Mail;Tél;Thématiques;Ville;Ma colonne
Lefèvre;Aïcha;Coordinatrice ASV;Ville de Saint-Denis;aicha.lefevre@saint-denis.example;01 99 00 12 34;Santé mentale;Saint-Denis;relancée
ROUSSEL;Marc;Chargé de mission CLS;Ville de Montreuil;m.roussel@montreuil.example;;Nutrition, Culture et santé;Montreuil;
Diallo;Fatou;Médiatrice en santé;Association Les Quatre Ponts;fatou.diallo@quatre-ponts.example;06 39 98 00 01;Accès aux droits;Grenoble;
Nguyen;Paul;Élu à la santé;Ville de Grenoble;p.nguyen@grenoble.example;;Santé environnementale;Grenoble;à revoir
;;;;sans.nom@exemple.example;;;;
Moreau;Inès;Directrice;Centre social du Pont;ines.moreau;;Jeunesse;Villeurbanne;
Total;;;;;;;;6
"""


def stage(by: User, *, book: Path | None = None) -> None:
    """Make these on the base in use, which holds a demonstration. `book` is the file of the import to confirm."""
    _imports(by, book)
    people = Contact.objects.present().people().exclude(main_email="").order_by("pk")
    person = people.exclude(main_organisation=None).first()
    assert person is not None
    Interaction.objects.create(
        contact=person,
        kind="call",
        on=timezone.localdate(),
        summary="Souhaite présenter son bilan à la prochaine rencontre régionale.",
        follow_up_on=timezone.localdate() + datetime.timedelta(days=7),
        by=by,
    )
    paper = ContactFile(contact=person, name="convention-signée.pdf", added_by=by)
    paper.file.save("convention.pdf", ContentFile(b"%PDF-1.4\n%%EOF\n"), save=False)
    paper.save()
    pair = DoublePair.objects.filter(verdict=DoublePair.Verdict.OPEN).order_by("pk").last()
    if pair is not None:
        merging.merge(pair.second, into=pair.first, chosen={}, by=by)
    SavedFilter.objects.create(
        owner=by, page="contacts_contact", name="Personnes à vérifier", query="kind__exact=person"
    )
    export = Export.objects.create(
        owner=by,
        model="contacts.contact",
        purpose=Purpose.INVITATIONS,
        reason="Invitation à la journée régionale",
        file_format="xlsx",
        columns=["Nom", "Prénom", "Adresse e-mail"],
        count=312,
        excluded={"a refusé ces envois": 7},
    )
    trashed = people.exclude(pk=person.pk).last()
    assert trashed is not None
    trashed.put_in_trash()
    _journal(by, person, export)


def _journal(by: User, person: Contact, export: Export) -> None:
    """A week of deeds, sealed."""
    now = timezone.now()
    week: tuple[dict[str, Any], ...] = (
        {"deed": Deed.SIGNED_IN, "model": "crm.user", "record": by.pk},
        {"deed": Deed.READ, "model": "contacts.contact", "record": person.pk},
        {"deed": Deed.EXPORTED, "model": "crm.export", "record": export.pk, "count": export.count},
        {"deed": Deed.REFUSED, "model": "crm.user", "fields": ["crm_user_changelist"]},
        {
            "deed": Deed.CHANGED,
            "model": "contacts.contact",
            "record": person.pk,
            "fields": ["name", "channel"],
        },
        {"deed": Deed.SIGN_IN_FAILED, "model": "crm.user", "record": by.pk, "actor": None},
    )
    for days, said in enumerate(week):
        at = now - datetime.timedelta(days=days, minutes=7 * days)
        AuditEntry.objects.create(**{"actor": by, "at": at, **said})
    sealing.seal()


def _imports(by: User, book: Path | None) -> None:
    asked, planned, known = (
        _received(by, name) for name in ("salon.csv", "inscriptions.csv", "journée-esv.csv")
    )
    previewing.look(asked)  # its own column has no meaning yet
    if book is not None:
        with book.open("rb") as data:
            planned = receiving.receive(kind="contacts", name=book.name, data=data, by=by)
    for batch in (planned, known):
        previewing.look(batch)
        places = {heading["place"]: "" for heading in batch.preview["headings"] if heading["column"] is None}
        receiving.settle_columns(batch, places, remember=False)
        previewing.look(batch)
    receiving.confirm(known, by=by)
    _received(by, "journée-esv-copie.csv")


def _received(by: User, name: str) -> ImportBatch:
    return receiving.receive(kind="contacts", name=name, data=BytesIO(LIST.encode()), by=by)
