"""What a model's answer for one text is made of."""

from dataclasses import dataclass
from math import exp
from typing import Any, NamedTuple

from sentiment._shown_as_page import ShownAsPage


class Contribution(NamedTuple):
    """What one n-gram, at one place of a text, adds to the margin.

    Attributes
    ----------
    start, end : int
        Its place: from the first character of its first word to the last character of
        its last word. Stop words between them are inside.
    value : float
        What it adds, in log-odds. Above 0 it speaks for the class of the explanation.
    ngram : str
        The n-gram as the model knows it: cleaned, stemmed, prefixed with ``NOT_``.
    words : tuple of (int, int)
        The numbers of its first word and of the one behind its last, among
        ``Explanation.words``.
    """

    start: int
    end: int
    value: float
    ngram: str
    words: tuple[int, int]


class Heat(NamedTuple):
    """How much a stretch of a text speaks for the class: the heat of a word.

    Attributes
    ----------
    start, end : int
        Its place in the text.
    value : float
        The sum of what its n-grams add, each shared equally among its words.
    """

    start: int
    end: int
    value: float


@dataclass(frozen=True)
class Explanation(ShownAsPage):
    """What the answer of a model for one text is made of.

    The margin is what the model computes before it becomes a probability: of two
    classes the log-odds of the second one, of more one score per class. It is the sum
    of the bias and the contributions, to within 1e-5.

    Attributes
    ----------
    text : str
        The text as it was given.
    label : object
        The predicted label.
    score : float
        The probability of that label.
    target : object
        The class whose margin is explained.
    margin : float
        The margin of ``target``.
    log_odds : float or None
        log(p / (1 - p)) of the probability of ``target``: of two classes the margin, of
        more its lead over all others. None for a model whose probabilities are not
        made of its margins alone.
    bias : float
        What does not come from an n-gram of this text: the model's intercept, and
        ``absent``.
    absent : float
        The part of ``bias`` that the trees make of n-grams the text lacks.
    contributions : tuple of Contribution
        One for each known n-gram at each of its places, the strongest first. An n-gram
        that occurs several times shares its value equally among its places.
    words : tuple of (int, int)
        The place of each word that is left after cleaning and stop words, known to the
        model or not.

    See Also
    --------
    explain_texts : Makes them.
    """

    text: str
    label: Any
    score: float
    target: Any
    margin: float
    log_odds: float | None
    bias: float
    absent: float
    contributions: tuple[Contribution, ...]
    words: tuple[tuple[int, int], ...]

    def strongest(self, top: int | None) -> tuple[tuple[Contribution, ...], float]:
        """Return the ``top`` strongest contributions, and the sum of the others."""
        shown = self.contributions[:top]
        rest = sum(one.value for one in self.contributions[len(shown) :])
        return shown, float(rest)

    def written(self, one: Contribution) -> list[str]:
        """Return the words of an n-gram, each as it stands in the text."""
        return [self.text[start:end] for start, end in self.words[slice(*one.words)]]

    def probability_change(self, value: float) -> float | None:
        """Return how much a contribution changes the probability of ``target``.

        The probability as it is, less the one that it would be if this contribution
        alone were left out: sigma(l) - sigma(l - value), where l is ``log_odds``.
        These changes do not add up, since each is measured with all others in place.
        """
        if self.log_odds is None:
            return None
        return _sigma(self.log_odds) - _sigma(self.log_odds - value)

    def heat(self) -> tuple[Heat, ...]:
        """Return the heat of each word that has any, in the order of the text.

        Words that lie in one another, as those of ``½`` in the form NFKC do, are one.
        """
        values = [0.0] * len(self.words)
        for one in self.contributions:
            first, last = one.words
            for place in range(first, last):
                values[place] += one.value / (last - first)
        merged: list[Heat] = []
        for (start, end), value in zip(self.words, values, strict=True):
            if merged and start < merged[-1].end:
                before = merged.pop()
                start, value = before.start, before.value + value
                end = max(end, before.end)
            merged.append(Heat(start, end, value))
        return tuple(one for one in merged if one.value and one.start < one.end)

    def to_dict(self, top: int | None = None) -> dict[str, Any]:
        """Return plain values, as ``sentiment explain --format json`` prints them.

        Parameters
        ----------
        top : int or None, default=None
            Keep only so many contributions. What the others add is then the last one,
            with an empty place at the beginning of the text, so that bias and
            contributions still add up to the margin.

        Returns
        -------
        explanation : dict
            ``text``, ``label``, ``score``, ``class``, ``unit``, ``margin``, ``bias``
            and ``contributions``: a list of ``{start, end, text, ngram, value,
            probability_change}``.
        """
        shown, rest = self.strongest(top)
        listed = [(one.start, one.end, one.ngram, one.value) for one in shown]
        if len(shown) < len(self.contributions):
            listed.append((0, 0, "", rest))
        contributions = [
            {
                "start": start,
                "end": end,
                "text": self.text[start:end],
                "ngram": ngram,
                "value": value,
                "probability_change": self.probability_change(value),
            }
            for start, end, ngram, value in listed
        ]
        return {
            "text": self.text,
            "label": self.label,
            "score": self.score,
            "class": self.target,
            "unit": "log-odds",
            "margin": self.margin,
            "bias": self.bias,
            "contributions": contributions,
        }


def _sigma(log_odds: float) -> float:
    smaller = exp(-abs(log_odds))
    return (smaller if log_odds < 0 else 1.0) / (1.0 + smaller)
