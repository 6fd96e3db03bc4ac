"""The one door: the admin site is the site, at the root."""

from django.contrib import admin
from django.urls import include, path

from crm.pages.demonstration import remove_demonstration
from crm.pages.first_day import first_day


urlpatterns = [
    path("bienvenue/", first_day, name="first_day"),
    path("demonstration/retirer/", remove_demonstration, name="remove_demonstration"),
    path("", include("crm.signing_in.routes")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", admin.site.urls),
]

handler403 = "crm.pages.errors.not_allowed"
handler404 = "crm.pages.errors.not_found"
handler429 = "crm.pages.errors.too_many"
