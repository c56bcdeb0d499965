"""What is wrong with data, before a model is trained on them: :func:`audit`."""

from sentiment.auditing._audit import audit
from sentiment.auditing._report import CHECKS, AuditReport, Finding

__all__ = ["CHECKS", "AuditReport", "Finding", "audit"]
