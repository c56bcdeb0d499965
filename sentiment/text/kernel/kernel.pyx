r"""The compiled engine: from UTF-8 bytes to n-gram counts, without Python objects.

Nothing here decides what a result *is*: ``sentiment.text.reference`` does, and every
function gives the same bits, or declines and leaves the document to it. Only
``sentiment.text.compiled`` calls this module. setup.py says which checks are compiled
in: none, or with ``SENTIMENT_KERNEL_DEBUG=1`` all bounds of arrays.

The files, in the order of the work: ``characters``, ``cleaning``, ``word_table``,
``words`` (tokens), ``negation``, ``counting`` (fit), ``look_up`` (transform); and
``delimited`` and ``json_lines``, the cells of files.

The data structures, in the order of the work:

*Documents* are an Arrow ``large_string`` array: text end to end, and offsets::

    data     g o o d   f i l m f i l m
    offsets  0                 9      13

*WordTable* gives each distinct word the next number, by an open hash table. A word
of up to 8 bytes is compared in its slot, a longer one in the arena of all words::

    slots    [ . ][ 1 ][ . ][ 0 ][ . ]...      a word's number or -1, size and head
    arena    g o o d f i l m                   word i is arena[starts[i]:starts[i + 1]]
    starts   0       4       8

*Padded ranks*: each token as the rank of its word in sorted order, from 1, and a 0
behind each document, where its n-grams end. A number in this array is a *place*::

    place    0 1 2  3 4
    rank     2 1 0  1 0          "good film", "film"

*Runs*: counting for ``fit`` sorts the places by the words that follow, one word at a
time, as a truncated suffix array. All places of a run share their first d words: a run
IS an n-gram of d words, and sorting it by word d + 1 cuts it into the n-grams that
extend it. Runs come up in the order of their texts, so columns are numbered as they
come, and the documents of a run are appended to their CSR rows, which stay sorted::

    places by first word      film: 1 3           good: 0
    then by second word       film: 1 3           good film: 0

An n-gram in too few documents ends its run: nothing that extends it can be in more.
A sort key is ``rank << 32 | place``: it cannot overflow below 2**32 places, which is
checked; n-grams of any length need no wider key.

*Trie*: the vocabulary for ``transform``, one level for each length. The children of a
node stand side by side, sorted by word; a search is a short binary search::

    level 0   word   0  1  2     column   0  2  3     first child   0  1  1  1
    level 1   word   1           column   1           (-1 for a mere prefix)

Threads: each function takes a range of documents, or of first words, releases the
global interpreter lock, and writes nothing that another call reads.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort, realloc
from libc.string cimport memchr, memcmp, memcpy, memset
from cpython.buffer cimport PyBuffer_FillInfo

import numpy as np

VERSION = 5  # of this interface; see sentiment.text._kernel_loading


class Declined(Exception):
    """The input is outside what this engine does; the reference answers."""


include "arrays.pyx"
include "characters.pyx"
include "cleaning.pyx"
include "word_table.pyx"
include "words.pyx"
include "negation.pyx"
include "counting.pyx"
include "look_up.pyx"
include "delimited.pyx"
include "json_lines.pyx"
