"""An explanation as a piece of HTML that a notebook shows."""

from html import escape

from sentiment.explanation._explanation import Explanation

__all__ = ["render_fragment", "render_words"]

# Blue for, orange against: colours that everybody can tell apart, see-through so that
# they suit a dark page as well as a light one.
_FOR, _AGAINST = "66, 133, 244", "230, 126, 34"
_STRONGEST = 0.75
_TOP = 10


def render_words(explanation: Explanation) -> str:
    """Return the text with each word on the colour of its heat; all of it escaped."""
    heat = explanation.heat()
    most = max((abs(one.value) for one in heat), default=0.0)
    pieces, at = [], 0
    text = explanation.text
    for one in heat:
        colour = _FOR if one.value > 0 else _AGAINST
        alpha = _STRONGEST * abs(one.value) / most
        pieces += [
            escape(text[at : one.start]),
            f'<span title="{one.value:+.3f}" style="background: '
            f'rgba({colour}, {alpha:.2f})">',
            escape(text[one.start : one.end]),
            "</span>",
        ]
        at = one.end
    return "".join([*pieces, escape(text[at:])])


def render_fragment(explanation: Explanation) -> str:
    """Return the answer, the coloured text and the strongest n-grams."""
    shown, rest = explanation.strongest(_TOP)
    rows = [
        (f"{one.value:+.3f}", explanation.text[one.start : one.end]) for one in shown
    ]
    if len(shown) < len(explanation.contributions):
        n_others = len(explanation.contributions) - len(shown)
        rows.append((f"{rest:+.3f}", f"{n_others:,} others"))
    rows.append((f"{explanation.bias:+.3f}", "bias"))
    cells = "".join(
        f'<tr><td style="text-align: right">{value}</td>'
        f'<td style="text-align: left; white-space: pre-wrap">{escape(what)}</td></tr>'
        for value, what in rows
    )
    return (
        '<div class="sentiment-explanation">'
        f"<p><strong>{escape(str(explanation.label))}</strong> "
        f"{explanation.score:.4f}, margin {explanation.margin:+.3f} for "
        f"{escape(str(explanation.target))}</p>"
        '<p style="white-space: pre-wrap; overflow-wrap: anywhere">'
        f"{render_words(explanation)}</p><table><tbody>{cells}</tbody></table></div>"
    )
