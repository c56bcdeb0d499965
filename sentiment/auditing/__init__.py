"""What is wrong with data, before a model is trained on them: :func:`audit`."""

from sentiment.auditing._audit import audit
from sentiment.auditing._checks import CHECKS, CheckWords
from sentiment.auditing._finding import Finding
from sentiment.auditing._report import AuditReport

__all__ = ["CHECKS", "AuditReport", "CheckWords", "Finding", "audit"]
