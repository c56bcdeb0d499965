"""The types that a logged model may hold: a constant list, and nothing else.

skops builds only what it is told to trust. MLflow takes that list from the model's
own MLmodel file, so a crafted model says itself what to trust; :func:`load_model` and
the servers pass this list instead and refuse the rest by name.

What skops trusts without being told (scikit-learn's estimators, NumPy arrays, plain
containers) needs no entry. A class belongs here when its ``__setstate__`` and its
attributes can do no harm whatever a file puts in them: it must not open a path,
import a name or call what it is given.
"""

from sentiment._old_names import OLD_NAMES

TRUSTED_TYPES = (
    *(f"sentiment.{name}" for name in OLD_NAMES.values()),
    "sentiment.prior.Prior",
    # As models of before name them, and skops does of its own accord.
    *(f"{module}.{name}" for module, name in OLD_NAMES.items()),
)
