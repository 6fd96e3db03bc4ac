"""How test data is made: plain, plausible, invented. A factory fills what a constraint asks for and nothing more."""

from __future__ import annotations

from typing import Any

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory, Password

from contacts.models import (
    ActorFamily,
    Category,
    Channel,
    Consent,
    Contact,
    ContactAlias,
    Coordination,
    DoublePair,
    Function,
    Interaction,
    Label,
    Link,
    Opposition,
    Position,
    Scheme,
    SchemeType,
    Service,
    Source,
    Synonym,
    Territory,
    Theme,
)
from crm.models import AuditEntry, Deed, Export, ImportBatch, ImportMapping, Job, Purpose, SavedFilter, User
from crm.roles import Role


PASSWORD = "un mot de passe assez long"


class UserFactory(DjangoModelFactory[User]):
    """An account; `role=Role.STAFF` gives it that one role. Its password is `PASSWORD`."""

    email = factory.Sequence(lambda n: f"compte{n}@exemple.org")
    first_name = factory.Faker("first_name", locale="fr_FR")
    last_name = factory.Faker("last_name", locale="fr_FR")
    password = Password(PASSWORD)

    class Meta:
        model = User
        skip_postgeneration_save = True

    @factory.post_generation
    def role(self: Any, create: bool, role: Role | None, **options: Any) -> None:
        if create and role is not None:
            self.groups.add(Group.objects.get(name=role.value))


class TermFactory(DjangoModelFactory[Any]):
    """An entry of a closed list; one that has this code already is taken as it is."""

    code = factory.Sequence(lambda n: f"ESSAI{n}")
    name = factory.Sequence(lambda n: f"Terme d’essai {n}")

    class Meta:
        abstract = True
        django_get_or_create = ("code",)


class ThemeFactory(TermFactory):
    name = factory.Sequence(lambda n: f"Thématique {n}")

    class Meta:
        model = Theme


class CategoryFactory(TermFactory):
    name = factory.Sequence(lambda n: f"Catégorie {n}")

    class Meta:
        model = Category


class ActorFamilyFactory(TermFactory):
    name = factory.Sequence(lambda n: f"Famille {n}")

    class Meta:
        model = ActorFamily


class FunctionFactory(TermFactory):
    name = factory.Sequence(lambda n: f"Fonction {n}")

    class Meta:
        model = Function


class ServiceFactory(TermFactory):
    name = factory.Sequence(lambda n: f"Service {n}")

    class Meta:
        model = Service


class SourceFactory(TermFactory):
    name = factory.Sequence(lambda n: f"Source {n}")

    class Meta:
        model = Source


class SchemeTypeFactory(TermFactory):
    name = factory.Sequence(lambda n: f"Type de démarche {n}")

    class Meta:
        model = SchemeType


class LabelFactory(TermFactory):
    name = factory.Sequence(lambda n: f"Étiquette {n}")

    class Meta:
        model = Label


class SynonymFactory(DjangoModelFactory[Synonym]):
    vocabulary = Synonym.List.FUNCTION
    text = factory.Sequence(lambda n: f"autre écriture {n}")
    code = factory.LazyAttribute(lambda synonym: FunctionFactory().code)

    class Meta:
        model = Synonym


class TerritoryFactory(DjangoModelFactory[Territory]):
    """A commune that does not exist. Real ones are in the base already: `Territory.objects.get(level=…, code=…)`."""

    level = Territory.Level.COMMUNE
    code = factory.Sequence(lambda n: f"ZZ{n:03}")
    name = factory.Sequence(lambda n: f"Commune d’essai {n}")
    folded = factory.LazyAttribute(lambda territory: territory.name.lower().replace("’", " "))
    context = "99"
    department_code = "99"

    class Meta:
        model = Territory
        django_get_or_create = ("level", "code")


class ContactFactory(DjangoModelFactory[Contact]):
    """A person; `PersonFactory` and `OrganisationFactory` say it in one word.

    `themes=[…]`, `territories=[…]`, `labels=[…]` link; `email="…"`, `phone="…"` give a channel; `organisation=…` gives the
    main position, `organisation__title="…"` its title.
    """

    kind = Contact.Kind.PERSON
    name = factory.Sequence(lambda n: f"Personne{n}")
    first_name = factory.Faker("first_name", locale="fr_FR")
    source = factory.SubFactory(SourceFactory, code="ESSAI", name="Essai")

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    @factory.post_generation
    def themes(self: Any, create: bool, themes: list[Theme] | None, **options: Any) -> bool:
        if themes:
            self.themes.set(themes)
        return bool(themes)

    @factory.post_generation
    def labels(self: Any, create: bool, labels: list[Label] | None, **options: Any) -> bool:
        if labels:
            self.labels.set(labels)
        return bool(labels)

    @factory.post_generation
    def territories(self: Any, create: bool, territories: list[Territory] | None, **options: Any) -> bool:
        if territories:
            self.territories.set(territories)
            self.after_write()
        return bool(territories)

    @factory.post_generation
    def email(self: Any, create: bool, address: str | None, **options: Any) -> bool:
        if address:
            ChannelFactory(contact=self, value=address, is_main=True)
        return bool(address)

    @factory.post_generation
    def phone(self: Any, create: bool, number: str | None, **options: Any) -> bool:
        if number:
            ChannelFactory(contact=self, kind=Channel.Kind.PHONE, value=number, is_main=True)
        return bool(number)

    @factory.post_generation
    def organisation(self: Any, create: bool, organisation: Contact | None, **options: Any) -> bool:
        if organisation:
            PositionFactory(person=self, organisation=organisation, is_main=True, **options)
        return bool(organisation)

    @classmethod
    def _after_postgeneration(
        cls, instance: Any, create: bool, results: dict[str, Any] | None = None
    ) -> None:
        """What was derived or bumped meanwhile is in the object too."""
        if create and any((results or {}).values()):
            instance.refresh_from_db()


class PersonFactory(ContactFactory):
    """A person."""


class OrganisationFactory(ContactFactory):
    """An organisation."""

    kind = Contact.Kind.ORGANISATION
    name = factory.Sequence(lambda n: f"Structure {n}")
    first_name = ""


class PositionFactory(DjangoModelFactory[Position]):
    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    title = "Chargée de mission"

    class Meta:
        model = Position


class ChannelFactory(DjangoModelFactory[Channel]):
    """An e-mail address; `kind=Channel.Kind.PHONE, value="01 86 65 00 01"` for a phone."""

    contact = factory.SubFactory(PersonFactory)
    value = factory.Sequence(lambda n: f"personne{n}@exemple.org")

    class Meta:
        model = Channel


class ContactAliasFactory(DjangoModelFactory[ContactAlias]):
    contact = factory.SubFactory(OrganisationFactory)
    text = factory.Sequence(lambda n: f"Ancien nom {n}")

    class Meta:
        model = ContactAlias


class LinkFactory(DjangoModelFactory[Link]):
    contact = factory.SubFactory(OrganisationFactory)
    other = factory.SubFactory(OrganisationFactory)

    class Meta:
        model = Link


class InteractionFactory(DjangoModelFactory[Interaction]):
    contact = factory.SubFactory(PersonFactory)
    summary = "Échange sur le projet de diagnostic."

    class Meta:
        model = Interaction


class ConsentFactory(DjangoModelFactory[Consent]):
    contact = factory.SubFactory(PersonFactory)
    purpose = Purpose.NEWSLETTER

    class Meta:
        model = Consent


class OppositionFactory(DjangoModelFactory[Opposition]):
    contact = factory.SubFactory(PersonFactory)
    purpose = Purpose.NEWSLETTER

    class Meta:
        model = Opposition


class SchemeFactory(DjangoModelFactory[Scheme]):
    """A scheme; `territories=[…]` links."""

    type = factory.SubFactory(SchemeTypeFactory, code="ESSAI", name="Type d’essai")
    name = factory.Sequence(lambda n: f"Démarche {n}")

    class Meta:
        model = Scheme
        skip_postgeneration_save = True

    @factory.post_generation
    def territories(self: Any, create: bool, territories: list[Territory] | None, **options: Any) -> None:
        if territories:
            self.territories.set(territories)


class CoordinationFactory(DjangoModelFactory[Coordination]):
    scheme = factory.SubFactory(SchemeFactory)
    person = factory.SubFactory(PersonFactory)

    class Meta:
        model = Coordination


class DoublePairFactory(DjangoModelFactory[DoublePair]):
    first = factory.SubFactory(PersonFactory)
    second = factory.SubFactory(PersonFactory)

    class Meta:
        model = DoublePair


class ImportBatchFactory(DjangoModelFactory[ImportBatch]):
    kind = "contacts"
    name = "contacts.csv"
    file = factory.django.FileField(filename="contacts.csv", data=b"NOM;Mail\nMartin;martin@exemple.org\n")
    digest = factory.Sequence(lambda n: f"{n:064x}")

    class Meta:
        model = ImportBatch


class ImportMappingFactory(DjangoModelFactory[ImportMapping]):
    kind = "contacts"
    heading = factory.Sequence(lambda n: f"colonne {n}")

    class Meta:
        model = ImportMapping


class ExportFactory(DjangoModelFactory[Export]):
    purpose = Purpose.INTERNAL
    reason = "Liste pour la comptable"
    model = "contacts.contact"
    file_format = "csv"
    owner = factory.SubFactory(UserFactory)

    class Meta:
        model = Export


class JobFactory(DjangoModelFactory[Job]):
    kind = "essai"
    owner = factory.SubFactory(UserFactory)

    class Meta:
        model = Job


class AuditEntryFactory(DjangoModelFactory[AuditEntry]):
    deed = Deed.CHANGED
    model = "contacts.contact"
    record = "1"

    class Meta:
        model = AuditEntry


class SavedFilterFactory(DjangoModelFactory[SavedFilter]):
    name = factory.Sequence(lambda n: f"Filtre {n}")
    owner = factory.SubFactory(UserFactory)
    page = "contacts_contact"

    class Meta:
        model = SavedFilter
