"""What can go wrong, as one tree.

::

    SentimentError
    ├── DataError               a file or table cannot be read or is not as needed
    ├── DocumentError           a document is not usable text       (a ValueError)
    ├── DocumentTypeError       a document or container of another type (a TypeError)
    ├── LabelError              labels that nothing can be learned from (a ValueError)
    ├── ModelError              a model cannot be found, read or trusted
    ├── ServingError            the server cannot start
    └── TrackingError           the MLflow store cannot be used

    DataWarning             data that were read look wrong      (a UserWarning)

Every message says who takes what, what it got, where, and the remedy. The
command line prints a ``SentimentError`` as one line and exits with code 1;
anything else is a bug and keeps its traceback.
"""

__all__ = [
    "DataError",
    "DataWarning",
    "DocumentError",
    "DocumentTypeError",
    "LabelError",
    "ModelError",
    "SentimentError",
    "ServingError",
    "TrackingError",
]


class SentimentError(Exception):
    """Base class of the errors that a user can mend."""


class DataError(SentimentError):
    """A file, folder or table cannot be read, or lacks what is needed."""


class DataWarning(UserWarning):
    """Data could be read, but something about them looks wrong."""


class DocumentError(SentimentError, ValueError):
    """A document is not usable text: missing, or not valid Unicode."""


class DocumentTypeError(SentimentError, TypeError):
    """A document, or the container of documents, has another type than str."""


class LabelError(SentimentError, ValueError):
    """Labels that no classifier can be trained on."""


class ModelError(SentimentError):
    """A model cannot be found, read, trusted or used with this version."""


class ServingError(SentimentError):
    """The prediction server cannot start."""


class TrackingError(SentimentError):
    """The MLflow store cannot be reached or is in the wrong state."""
