"""What may be sent to a terminal."""

__all__ = ["plain"]


def plain(text: str) -> str:
    """Return text without the characters that make a terminal do something."""
    return "".join(
        one if one.isprintable() or one in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for one in text
    )
