"""Name what somebody may have meant by a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["did_you_mean"]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence with the names that are close, or nothing; a space in front.

    Examples
    --------
    >>> did_you_mean("accurcy", ["accuracy", "log_loss"])
    " Did you mean 'accuracy'?"
    >>> did_you_mean("min_df", ["vectorize__min_df", "vectorize__max_df"])
    " Did you mean 'vectorize__min_df'?"
    >>> did_you_mean("stars", ["accuracy", "log_loss"])
    ''
    """
    names = list(known)
    # Of a name without its step, the parameters that end in it.
    close = [one for one in names if one.endswith(f"__{name}")]
    close = close or get_close_matches(name, names, n=3)
    if not close:
        return ""
    one_of = "" if len(close) == 1 else " one of"
    return f" Did you mean{one_of} {', '.join(map(repr, close))}?"
