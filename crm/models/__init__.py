"""The tables of the ground floor: who works here, the association's own row, files in and out, the audit trail."""

from crm.models.association import Association
from crm.models.attachment import Attachment
from crm.models.audit import AuditEntry, AuditSeal, Deed
from crm.models.confidential import Confidential, ConfidentialQuerySet, Share
from crm.models.daily import DailyPass
from crm.models.job import Job
from crm.models.purpose import LegalBasis, Purpose
from crm.models.saved import RecentRecord, SavedFilter
from crm.models.spent import SpentForm
from crm.models.transfer import Export, ImportBatch, ImportChange, ImportLine, ImportMapping
from crm.models.user import User


__all__ = [
    "Association",
    "Attachment",
    "AuditEntry",
    "AuditSeal",
    "Confidential",
    "ConfidentialQuerySet",
    "DailyPass",
    "Deed",
    "Export",
    "ImportBatch",
    "ImportChange",
    "ImportLine",
    "ImportMapping",
    "Job",
    "LegalBasis",
    "Purpose",
    "RecentRecord",
    "SavedFilter",
    "Share",
    "SpentForm",
    "User",
]
