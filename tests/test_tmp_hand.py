import pytest
from tests.contacts.test_forms import *
@pytest.mark.django_db
def test_x(staff, monkeypatch):
    from contacts.admin.contact import ContactAdmin
    orig = ContactAdmin.save_model
    def f(self, request, obj, form, change):
        print("CHANGED", form.changed_data, [(n, form[n].initial, form[n].data) for n in form.changed_data])
        return orig(self, request, obj, form, change)
    monkeypatch.setattr(ContactAdmin, "save_model", f)
    person = PersonFactory(email="a@exemple.org", organisation=OrganisationFactory(), themes=[ThemeFactory()])
    LinkFactory(contact=person)
    staff.post(change_of(person), as_sent(staff, person))
