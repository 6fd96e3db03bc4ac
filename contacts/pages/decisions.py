"""What a contact agreed to and refused, purpose by purpose."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from contacts.deciding import decide
from contacts.histories import changes_of
from contacts.pages.scope import back_to, own_contact
from crm.auditing import record_deed
from crm.doors import door
from crm.models import Deed, Purpose
from crm.pages.frame import page_context
from crm.pages.meanwhile import lock, rests_on, sent_whole, written_meanwhile


class DecisionForm(forms.Form):
    """Where, when and how the person said it: what one shows to whoever asks."""

    source = forms.CharField(
        label=gettext_lazy("Dit où, à qui"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("« Par téléphone à Claire », « en réponse à la newsletter de mars »."),
        error_messages={"required": gettext_lazy("Indiquez où et à qui la personne l’a dit.")},
    )
    since = forms.DateField(label=gettext_lazy("Le"), widget=UnfoldAdminSingleDateWidget)
    proof = forms.CharField(
        label=gettext_lazy("Preuve ou texte présenté"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean_since(self) -> object:
        day = self.cleaned_data["since"]
        if day > timezone.localdate():
            raise ValidationError(_("Cette date n’est pas encore passée."))
        return day


@door("contacts.view_contact", "contacts.add_opposition", "contacts.add_consent")
@sent_whole
def note_decision(request: HttpRequest, pk: int, purpose: str, answer: str) -> HttpResponse:
    """Write down a yes or a no with where it was said. A yes said by the person lifts a no; nothing else does."""
    contact = own_contact(request, pk)
    label = str(dict(Purpose.refusable())[purpose])
    agrees = answer == "accord"
    lock(contact)
    form = DecisionForm(request.POST or None, initial={"since": timezone.localdate()})
    said = [rows.filter(purpose=purpose).order_by("pk") for rows in (contact.oppositions, contact.consents)]
    stands = rests_on(*(rows.values_list() for rows in said))
    if meanwhile := written_meanwhile(request, contact, stands):
        form.add_error(None, meanwhile)
    if request.method == "POST" and form.is_valid():
        decide(contact, purpose=purpose, agrees=agrees, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        record_deed(Deed.CHANGED, by=request.user, on=contact, fields=[f"decision.{purpose}"])
        yes = _("« %(purpose)s » : l’accord est noté.")
        no = _(
            "« %(purpose)s » : le refus est noté. Plus rien ne partira d’ici pour cela, même après un import."
        )
        messages.success(request, (yes if agrees else no) % {"purpose": label})
        return back_to(contact, "diffusion")
    title = _("Noter un accord : %(purpose)s") if agrees else _("Noter un refus : %(purpose)s")
    refused = contact.oppositions.filter(purpose=purpose).exists()
    context = page_context(
        request,
        title % {"purpose": label},
        record=contact,
        form=form,
        button=_("Noter l’accord") if agrees else _("Noter le refus"),
        tab="diffusion",
        rests_on=stands,
        changes=changes_of(contact, request.user, 1) if meanwhile else [],
        lead=_("Un refus est noté : n’enregistrez un accord que si la personne elle-même est revenue dessus.")
        if agrees and refused
        else "",
    )
    return TemplateResponse(request, "contacts/record/deed.html", context)
