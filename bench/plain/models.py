"""A contact as one writes it first: one table, two lists."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords


class Theme(models.Model):
    name = models.CharField(max_length=150, unique=True)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    name = models.CharField(max_length=150, unique=True)

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    last_name = models.CharField(max_length=100, db_index=True)
    first_name = models.CharField(max_length=100)
    organisation = models.CharField(max_length=200)
    function = models.CharField(max_length=200)
    email = models.CharField(max_length=254, db_index=True)
    phone = models.CharField(max_length=40)
    department = models.ForeignKey(Department, models.PROTECT, null=True)
    themes = models.ManyToManyField(Theme)
    history = HistoricalRecords(m2m_fields=[themes])

    class Meta:
        ordering = ["last_name", "first_name"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
