"""Training on more data than memory holds: a Pipeline fitted part by part.

What is learned is a sum over the rows, so it is taken from blocks of them, one after
the other. :class:`Blocks` is what the learning asks of whatever holds them.
"""

from sentiment.classification import Blocks
from sentiment.streaming._fit_streaming import fit_streaming

__all__ = ["Blocks", "fit_streaming"]
