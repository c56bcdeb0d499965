# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: initializedcheck=False
r"""The compiled engine: from UTF-8 bytes to n-gram counts, without Python objects.

Nothing here decides what a result *is*: the Python and numpy code of
``sentiment.preprocessing`` and ``sentiment.feature_extraction`` does, and every
function below gives the same bits, or declines and leaves the work to it. Only
``sentiment.engine`` calls this module.

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

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort, realloc
from libc.string cimport memcmp, memcpy, memset

import numpy as np

from cpython.buffer cimport PyBuffer_FillInfo

cdef extern from "Python.h" nogil:
    bint Py_UNICODE_ISALNUM(Py_UCS4)
    bint Py_UNICODE_ISSPACE(Py_UCS4)
    Py_UCS4 Py_UNICODE_TOLOWER(Py_UCS4)


VERSION = 2  # of this interface; see sentiment.engine


class Declined(Exception):
    """The input is outside what this engine does; the other one answers."""


# ------------------------------------------------------------------ growing arrays

cdef struct Ints:
    int32_t* items
    int64_t size
    int64_t capacity


cdef inline int reserve(Ints* array, int64_t more) noexcept nogil:
    """Make room for more items; -1 when there is no memory."""
    cdef int64_t capacity
    cdef void* grown
    if array.size + more <= array.capacity:
        return 0
    capacity = array.capacity + array.capacity // 2 + more + 64
    grown = realloc(array.items, capacity * sizeof(int32_t))
    if grown == NULL:
        return -1
    array.items = <int32_t*>grown
    array.capacity = capacity
    return 0


cdef inline int push(Ints* array, int32_t item) noexcept nogil:
    if array.size == array.capacity and reserve(array, 1) < 0:
        return -1
    array.items[array.size] = item
    array.size += 1
    return 0


cdef class Owner:
    """Keeps the memory of a growing array alive for numpy, without a copy."""

    cdef Ints array

    def __getbuffer__(self, Py_buffer* buffer, int flags):
        PyBuffer_FillInfo(
            buffer, self, self.array.items, self.array.size * sizeof(int32_t), 0, flags
        )

    def __dealloc__(self):
        free(self.array.items)


cdef object to_numpy(Ints* array):
    """Hand a growing array over to numpy."""
    cdef Owner owner
    cdef void* shrunk
    if not array.size:
        free(array.items)
        return np.empty(0, np.int32)
    shrunk = realloc(array.items, array.size * sizeof(int32_t))
    owner = Owner()
    owner.array = array[0]
    if shrunk != NULL:
        owner.array.items = <int32_t*>shrunk
    return np.frombuffer(owner, np.int32)


# -------------------------------------------------------------------- UTF-8, Unicode

# What Python's ``re`` and ``unicodedata`` say of a code point, as bits.
cdef enum:
    WORD = 1  # \w
    SPACELESS = 2  # of a script written without spaces
    MARK = 4  # combining mark, category M
    SYMBOL = 8  # a token of its own with punctuation="all"

cdef enum:
    N_CLASSES = 0x40000
cdef uint8_t CLASSES[N_CLASSES]
cdef bint is_prepared = False
# Behind the table stand no letters: only marks (variation selectors), and invisible
# characters (tags). Ranges of them: first, last, class.
cdef uint32_t late[96]
cdef int n_late = 0


def prepare(marks, spaceless, invisible):
    """Fill the table of classes from ranges (first, last) of code points."""
    global is_prepared, n_late
    cdef uint32_t point
    if is_prepared:
        return
    for point in range(N_CLASSES):
        if point == 95 or Py_UNICODE_ISALNUM(point):
            CLASSES[point] = WORD
        elif point < 0x20 or 0x7F <= point <= 0x9F or Py_UNICODE_ISSPACE(point):
            CLASSES[point] = 0
        else:
            CLASSES[point] = SYMBOL
    n_late = 0
    for ranges, kind in ((marks, MARK), (invisible, 0)):
        for first, last in ranges:
            for point in range(first, min(last + 1, N_CLASSES)):
                CLASSES[point] = kind
            if last >= N_CLASSES:
                if n_late > 93:
                    raise Declined("more ranges of marks than this engine has room for")
                late[n_late] = max(first, N_CLASSES)
                late[n_late + 1] = last
                late[n_late + 2] = kind
                n_late += 3
    for first, last in spaceless:
        for point in range(first, min(last + 1, N_CLASSES)):
            CLASSES[point] |= SPACELESS
    is_prepared = True


cdef inline uint8_t class_of(uint32_t point) noexcept nogil:
    cdef int i
    if point < N_CLASSES:
        return CLASSES[point]
    for i in range(0, n_late, 3):
        if late[i] <= point <= late[i + 1]:
            return <uint8_t>late[i + 2]
    return WORD if Py_UNICODE_ISALNUM(point) else SYMBOL


cdef inline int decode(
    const uint8_t* text, int64_t size, uint32_t* point
) noexcept nogil:
    """Read one character; return its bytes, or 0 if they are not valid UTF-8."""
    cdef uint32_t lead = text[0]
    if lead < 0x80:
        point[0] = lead
        return 1
    if lead < 0xC2 or size < 2 or (text[1] & 0xC0) != 0x80:
        return 0
    if lead < 0xE0:
        point[0] = (lead & 0x1F) << 6 | (text[1] & 0x3F)
        return 2
    if size < 3 or (text[2] & 0xC0) != 0x80:
        return 0
    if lead < 0xF0:
        point[0] = (lead & 0x0F) << 12 | (text[1] & 0x3F) << 6 | (text[2] & 0x3F)
        return 0 if point[0] < 0x800 or 0xD800 <= point[0] < 0xE000 else 3
    if lead > 0xF4 or size < 4 or (text[3] & 0xC0) != 0x80:
        return 0
    point[0] = (
        (lead & 0x07) << 18
        | (text[1] & 0x3F) << 12
        | (text[2] & 0x3F) << 6
        | (text[3] & 0x3F)
    )
    return 0 if point[0] < 0x10000 or point[0] > 0x10FFFF else 4


cdef inline int encode(uint32_t point, uint8_t* text) noexcept nogil:
    """Write one character; return its bytes."""
    if point < 0x80:
        text[0] = point
        return 1
    if point < 0x800:
        text[0] = 0xC0 | point >> 6
        text[1] = 0x80 | (point & 0x3F)
        return 2
    if point < 0x10000:
        text[0] = 0xE0 | point >> 12
        text[1] = 0x80 | (point >> 6 & 0x3F)
        text[2] = 0x80 | (point & 0x3F)
        return 3
    text[0] = 0xF0 | point >> 18
    text[1] = 0x80 | (point >> 12 & 0x3F)
    text[2] = 0x80 | (point >> 6 & 0x3F)
    text[3] = 0x80 | (point & 0x3F)
    return 4


# -------------------------------------------------------------------------- cleaning

# The parameters of TextCleaner, as bits.
cdef enum:
    HTML = 1
    NORMALISE = 2  # to NFC
    QUOTES = 4
    URLS = 8
    LOWER = 16

OPTIONS = {
    "html": HTML, "form": NORMALISE, "straighten_quotes": QUOTES,
    "urls": URLS, "lowercase": LOWER,
}  # fmt: skip


cdef inline uint8_t straight(uint32_t point) noexcept nogil:
    """Return the straight quote for a curly one, or 0."""
    if point in (0x60, 0xB4, 0x2BC, 0x2018, 0x2019, 0x201A, 0x201B, 0x2032):
        return 39
    if point in (0xAB, 0xBB, 0x201C, 0x201D, 0x201E, 0x201F, 0x2033):
        return 34
    return 0


cdef inline bint is_ascii_letter(uint8_t c) noexcept nogil:
    return 97 <= (c | 0x20) <= 122


cdef inline int64_t tag_end(
    const uint8_t* text, int64_t i, int64_t size
) noexcept nogil:
    """Return the place behind the tag that begins at i, or 0 if none does."""
    cdef int64_t j = i + 1
    if j < size and text[j] == 47:  # "/"
        j += 1
        if j >= size or not is_ascii_letter(text[j]):
            return 0
    elif j + 2 < size and text[j] == 33:  # "!--"
        if text[j + 1] != 45 or text[j + 2] != 45:
            return 0
        j += 2
    elif j >= size or not is_ascii_letter(text[j]):
        return 0
    j += 1
    while j < size and text[j] != 60 and text[j] != 62:
        j += 1
    return j + 1 if j < size and text[j] == 62 else 0


cdef inline bint is_bare_ampersand(
    const uint8_t* text, int64_t i, int64_t size
) noexcept nogil:
    """Say whether what follows an "&" cannot be an entity."""
    if i + 1 >= size:
        return True
    return text[i + 1] in (9, 10, 12, 32, 38, 59, 60)


cdef inline int64_t link_body(
    const uint8_t* text, int64_t i, int64_t size
) noexcept nogil:
    """Return the place behind "http://", "https://" or "www." at i, or 0."""
    cdef int64_t j
    if (text[i] | 0x20) == 104 and size - i > 7:
        if (
            (text[i + 1] | 0x20) == 116
            and (text[i + 2] | 0x20) == 116
            and (text[i + 3] | 0x20) == 112
        ):
            j = i + 5 if (text[i + 4] | 0x20) == 115 else i + 4
            if size - j > 3 and text[j] == 58 and text[j + 1] == text[j + 2] == 47:
                return j + 3
    elif (text[i] | 0x20) == 119 and size - i > 4:
        if (
            (text[i + 1] | 0x20) == 119
            and (text[i + 2] | 0x20) == 119
            and text[i + 3] == 46
        ):
            return i + 4
    return 0


cdef inline int64_t link_end(
    const uint8_t* text, int64_t i, int64_t size
) noexcept nogil:
    """Return the place behind the link that begins at i, or 0 if none does."""
    cdef int64_t body = link_body(text, i, size)
    cdef int64_t j = body
    cdef uint32_t point
    cdef int step
    if not body:
        return 0
    while j < size:
        step = decode(text + j, size - j, &point)
        if (
            not step
            or point == 34
            or point == 60
            or point == 62
            or Py_UNICODE_ISSPACE(point)
        ):
            break
        j += step
    return j if j > body else 0


cdef bint is_inside_word(const uint8_t* text, int64_t i) noexcept nogil:
    """Say whether the character before i is a letter, or an accent on one."""
    cdef int64_t j = i - 1
    cdef uint32_t point
    if i == 0:
        return False
    while j and (text[j] & 0xC0) == 0x80:
        j -= 1
    if not decode(text + j, i - j, &point):
        return False
    return 0x300 <= point <= 0x36F or (class_of(point) & WORD) != 0


cdef int64_t strip_urls(uint8_t* text, int64_t size) noexcept nogil:
    """Replace each link by a space, in place; return the new size."""
    cdef int64_t i = 0, written = 0, end
    while i < size:
        end = link_end(text, i, size)
        # "Awww...so cute" holds no link. What stands before i is still as it was: at
        # most the characters before it have been moved to the left.
        if end and text[i] | 0x20 == 119 and is_inside_word(text, i):
            end = 0
        text[written] = 32 if end else text[i]
        written += 1
        i = end if end else i + 1
    return written


cdef inline bint is_composed(uint32_t point) noexcept nogil:
    """Say whether the normal form NFC leaves this character alone anywhere."""
    return point < 0x300 or 0x2010 <= point < 0x2060


cdef int clean_character(
    const uint8_t* text, int64_t size, int options, uint8_t* out, int* written
) noexcept nogil:
    """Clean one character that is not ASCII; return its bytes, or 0 to decline.

    Declined: what a normal form may change; the final sigma and U+0130, whose lower
    case depends on neighbours or is two characters; the long s, which a pattern that
    ignores case takes for an s; what lower case makes longer.
    """
    cdef uint32_t point
    cdef uint8_t quote
    cdef int step = decode(text, size, &point)
    if not step or (options & NORMALISE and not is_composed(point)):
        return 0
    if options & QUOTES:
        quote = straight(point)
        if quote:
            out[0] = quote
            written[0] = 1
            return step
    if options & URLS and point == 0x17F:
        return 0
    if options & LOWER:
        if point == 0x130 or point == 0x3A3:
            return 0
        point = Py_UNICODE_TOLOWER(point)
        if (point >= 0x10000 and step < 4) or (point >= 0x800 and step < 3):
            return 0
    written[0] = encode(point, out)
    return step


cdef inline uint64_t has_byte(uint64_t block, uint64_t byte) noexcept nogil:
    """Return nonzero if one of the eight bytes, all ASCII, equals this one."""
    block ^= 0x0101010101010101ULL * byte
    return ~(block + 0x7F7F7F7F7F7F7F7FULL) & 0x8080808080808080ULL


cdef inline uint64_t lower_block(uint64_t block) noexcept nogil:
    """Make eight ASCII characters lower case."""
    cdef uint64_t from_a = block + 0x3F3F3F3F3F3F3F3FULL  # high bit: "A" or behind
    cdef uint64_t behind_z = block + 0x2525252525252525ULL
    return block | (from_a & ~behind_z & 0x8080808080808080ULL) >> 2


cdef inline bint is_plain_block(uint64_t block, int options) noexcept nogil:
    """Say whether eight characters need no other cleaning than lower case."""
    if block & 0x8080808080808080ULL:
        return False
    if options == LOWER:
        return True
    return not (
        has_byte(block, 60)  # <
        | has_byte(block, 38)  # &
        | has_byte(block, 96)  # `
        | has_byte(block, 46)  # .
        | has_byte(block, 58)  # :
    )


cdef int64_t clean_text(
    const uint8_t* text, int64_t size, int options, uint8_t* out
) noexcept nogil:
    """Clean one document; return its new size, or -1 to decline.

    The result is never longer than the document.
    """
    cdef int64_t i = 0, end, written = 0
    cdef int step, added = 0
    cdef uint8_t c
    cdef uint64_t block
    cdef bint may_link = False
    while i < size:
        if i + 8 <= size:
            memcpy(&block, text + i, 8)
            if is_plain_block(block, options):
                if options & LOWER:
                    block = lower_block(block)
                memcpy(out + written, &block, 8)
                written += 8
                i += 8
                continue
        c = text[i]
        if c >= 0x80:
            step = clean_character(text + i, size - i, options, out + written, &added)
            if not step:
                return -1
            written += added
            i += step
            continue
        if c == 60 and options & HTML:
            end = tag_end(text, i, size)
            if end:
                out[written] = 32
                written += 1
                i = end
                continue
        elif c == 38 and options & HTML and not is_bare_ampersand(text, i, size):
            return -1
        if c == 96 and options & QUOTES:
            c = 39
        elif 65 <= c <= 90 and options & LOWER:
            c += 32
        elif c == 58 or (c == 46 and written and out[written - 1] | 0x20 == 119):
            may_link = True
        out[written] = c
        written += 1
        i += 1
    if may_link and options & URLS:
        return strip_urls(out, written)
    return written


def clean(
    const uint8_t[::1] data,
    const int64_t[::1] offsets,
    int64_t first,
    int64_t last,
    int options,
):
    """Clean the documents from first to last.

    Returns
    -------
    text : ndarray of uint8
        The cleaned documents, end to end.
    sizes : ndarray of int64
        The bytes of each; -1 at a document that this engine declines.
    """
    cdef int64_t i, size, written = 0
    text = np.empty(offsets[last] - offsets[first], np.uint8)
    sizes = np.zeros(last - first, np.int64)
    cdef uint8_t[::1] out = text
    cdef int64_t[::1] out_sizes = sizes
    with nogil:
        for i in range(first, last):
            if offsets[i + 1] == offsets[i]:
                continue
            size = clean_text(
                &data[offsets[i]],
                offsets[i + 1] - offsets[i],
                options,
                &out[written],
            )
            out_sizes[i - first] = size
            if size > 0:
                written += size
    return text[:written], sizes


def spread(
    const uint8_t[::1] text,
    const int64_t[::1] sizes,
    const int64_t[::1] starts,
    uint8_t[::1] out,
):
    """Copy cleaned documents to their starts; those of size 0 or below are skipped.

    A document that was declined has a negative size and no bytes in ``text``.
    """
    cdef int64_t i, at = 0
    with nogil:
        for i in range(sizes.shape[0]):
            if sizes[i] > 0:
                memcpy(&out[starts[i]], &text[at], sizes[i])
                at += sizes[i]


# ------------------------------------------------------------------------- hash table

cdef struct Slot:
    uint64_t head  # see head_of
    int32_t number
    uint32_t size


cdef uint64_t seed = 0x9E3779B97F4A7C15ULL


def set_seed(uint64_t value):
    """Make the hash unpredictable: no text can be written to collide with it."""
    global seed
    seed = value | 1


cdef inline uint64_t head_of(const uint8_t* text, int64_t size) noexcept nogil:
    """Return 64 bits that, with its size, ARE a word of up to 8 bytes.

    Most words need no look at the arena then. Of a longer word it is a hash.
    """
    cdef uint64_t h, part
    cdef uint32_t first, last
    if size < 4:
        if not size:
            return 0
        return (
            <uint64_t>text[0]
            | <uint64_t>text[size >> 1] << 8
            | <uint64_t>text[size - 1] << 16
        )
    if size <= 8:
        memcpy(&first, text, 4)
        memcpy(&last, text + size - 4, 4)
        return first | <uint64_t>last << 32
    memcpy(&part, text + size - 8, 8)
    h = seed ^ part
    while size > 8:
        memcpy(&part, text, 8)
        h = (h ^ part) * 0xD6E8FEB86659FD93ULL
        h ^= h >> 32
        text += 8
        size -= 8
    return h


cdef inline uint64_t mix(uint64_t head, uint64_t size) noexcept nogil:
    cdef uint64_t h = (head ^ seed ^ size << 56) * 0xD6E8FEB86659FD93ULL
    h ^= h >> 32
    h *= seed
    return h ^ h >> 29


cdef class WordTable:
    """Numbers for distinct words, in the order in which they were added."""

    cdef Slot* slots
    cdef int64_t mask
    cdef uint8_t* arena
    cdef int64_t arena_capacity
    cdef int64_t* starts
    cdef int64_t starts_capacity
    cdef readonly int64_t size

    def __cinit__(self, int64_t expected=0):
        cdef int64_t n_slots = 256
        while n_slots < 2 * expected:
            n_slots *= 2
        self.slots = <Slot*>malloc(n_slots * sizeof(Slot))
        self.starts_capacity = n_slots // 2 + 2
        self.starts = <int64_t*>malloc(self.starts_capacity * sizeof(int64_t))
        self.arena_capacity = 4 * n_slots
        self.arena = <uint8_t*>malloc(self.arena_capacity)
        if self.slots == NULL or self.starts == NULL or self.arena == NULL:
            raise MemoryError
        memset(self.slots, 0xFF, n_slots * sizeof(Slot))
        self.mask = n_slots - 1
        self.starts[0] = 0

    def __dealloc__(self):
        free(self.slots)
        free(self.starts)
        free(self.arena)

    cdef inline bint holds(
        self, Slot* slot, uint64_t head, const uint8_t* text, int64_t size
    ) noexcept nogil:
        if slot.head != head or slot.size != size:
            return False
        if size <= 8:
            return True
        return memcmp(self.arena + self.starts[slot.number], text, size) == 0

    cdef inline int32_t find(self, const uint8_t* text, int64_t size) noexcept nogil:
        """Return the number of a word, or -1."""
        cdef uint64_t head = head_of(text, size)
        cdef int64_t i = mix(head, size) & self.mask
        while self.slots[i].number >= 0:
            if self.holds(&self.slots[i], head, text, size):
                break
            i = (i + 1) & self.mask
        return self.slots[i].number

    cdef inline int32_t add(self, const uint8_t* text, int64_t size) noexcept nogil:
        """Return the number of a word, a new one if need be; -1: no memory."""
        cdef uint64_t head = head_of(text, size)
        cdef int64_t i = mix(head, size) & self.mask
        cdef int32_t number
        if size > 0x7FFFFFFF:
            return -1
        while self.slots[i].number >= 0:
            if self.holds(&self.slots[i], head, text, size):
                return self.slots[i].number
            i = (i + 1) & self.mask
        if self.append(text, size) < 0:
            return -1
        number = <int32_t>(self.size - 1)
        self.slots[i].head = head
        self.slots[i].size = <uint32_t>size
        self.slots[i].number = number
        if 2 * self.size > self.mask and self.widen() < 0:
            return -1
        return number

    cdef int append(self, const uint8_t* text, int64_t size) noexcept nogil:
        cdef int64_t start = self.starts[self.size], capacity
        cdef void* grown
        if self.size + 2 > self.starts_capacity:
            capacity = 2 * self.starts_capacity
            grown = realloc(self.starts, capacity * sizeof(int64_t))
            if grown == NULL:
                return -1
            self.starts = <int64_t*>grown
            self.starts_capacity = capacity
        if start + size > self.arena_capacity:
            capacity = 2 * self.arena_capacity + size
            grown = realloc(self.arena, capacity)
            if grown == NULL:
                return -1
            self.arena = <uint8_t*>grown
            self.arena_capacity = capacity
        if size:
            memcpy(self.arena + start, text, size)
        self.size += 1
        self.starts[self.size] = start + size
        return 0

    cdef int widen(self) noexcept nogil:
        cdef int64_t n_slots = 2 * (self.mask + 1), i, j
        cdef Slot* slots = <Slot*>malloc(n_slots * sizeof(Slot))
        if slots == NULL:
            return -1
        memset(slots, 0xFF, n_slots * sizeof(Slot))
        for i in range(self.mask + 1):
            if self.slots[i].number >= 0:
                j = mix(self.slots[i].head, self.slots[i].size) & (n_slots - 1)
                while slots[j].number >= 0:
                    j = (j + 1) & (n_slots - 1)
                slots[j] = self.slots[i]
        free(self.slots)
        self.slots = slots
        self.mask = n_slots - 1
        return 0

    def add_table(self, WordTable other):
        """Add the words of another table; return the number of each."""
        cdef int64_t i
        cdef int32_t number = 0
        numbers = np.empty(other.size, np.int32)
        cdef int32_t[::1] out = numbers
        with nogil:
            for i in range(other.size):
                number = self.add(
                    other.arena + other.starts[i], other.starts[i + 1] - other.starts[i]
                )
                if number < 0:
                    break
                out[i] = number
        if number < 0:
            raise MemoryError
        return numbers

    def add_words(self, const uint8_t[::1] text, const int64_t[::1] starts):
        """Add words."""
        cdef int64_t i
        cdef int32_t number = 0
        if starts[0] < 0 or starts[starts.shape[0] - 1] > text.shape[0]:
            raise ValueError("the words lie outside their text")
        with nogil:
            for i in range(starts.shape[0] - 1):
                if starts[i + 1] < starts[i]:
                    number = -2
                    break
                number = self.add(&text[0] + starts[i], starts[i + 1] - starts[i])
                if number < 0:
                    break
        if number == -2:
            raise ValueError("the words lie outside their text")
        if number < 0:
            raise MemoryError

    def find_words(self, const uint8_t[::1] text, const int32_t[::1] starts):
        """Return the number of each word, -1 where it is not in the table."""
        cdef int64_t i
        numbers = np.empty(starts.shape[0] - 1, np.int32)
        cdef int32_t[::1] out = numbers
        with nogil:
            for i in range(starts.shape[0] - 1):
                out[i] = self.find(&text[0] + starts[i], starts[i + 1] - starts[i])
        return numbers

    def words(self):
        """Return the words: their bytes, and the int32 offsets of each."""
        cdef int64_t i
        if self.starts[self.size] > 0x7FFFFFFF:
            raise Declined("more than 2 GB of distinct words")
        text = np.empty(self.starts[self.size], np.uint8)
        starts = np.empty(self.size + 1, np.int32)
        cdef uint8_t[::1] out = text
        cdef int32_t[::1] out_starts = starts
        if self.starts[self.size]:
            memcpy(&out[0], self.arena, self.starts[self.size])
        for i in range(self.size + 1):
            out_starts[i] = <int32_t>self.starts[i]
        return text, starts


# ------------------------------------------------------------------------- tokenising

cdef struct Rules:
    # By class of a character: begins a word, continues one, is a token with the marks
    # behind it, is a token.
    uint8_t letter[16]
    uint8_t inner[16]
    uint8_t alone[16]
    uint8_t symbol[16]
    uint8_t ascii_letter[128]
    bint apostrophes
    int64_t min_length


cdef Rules make_rules(bint plain, bint apostrophes, bint symbols, int64_t min_length):
    cdef Rules rules
    cdef int c
    for c in range(16):
        rules.letter[c] = (c & WORD) != 0 and (plain or not c & SPACELESS)
        rules.inner[c] = rules.letter[c] or (not plain and (c & MARK) != 0)
        rules.alone[c] = not plain and (c & WORD) != 0 and (c & SPACELESS) != 0
        rules.symbol[c] = symbols and (c & SYMBOL) != 0
    for c in range(128):
        rules.ascii_letter[c] = rules.letter[CLASSES[c]]
    rules.apostrophes = apostrophes
    rules.min_length = min_length
    return rules


cdef inline int64_t word_end(
    const uint8_t* text, int64_t i, int64_t size, Rules* rules, int64_t* n_characters
) noexcept nogil:
    """Return the place behind the word whose first character ends at i.

    -1 for invalid UTF-8.
    """
    cdef uint32_t point
    cdef int step
    cdef int64_t n = 1
    while i < size:
        if text[i] < 0x80:
            if rules.ascii_letter[text[i]]:
                i += 1
                n += 1
                continue
            if text[i] != 39 or not rules.apostrophes or i + 1 >= size:
                break
            # An apostrophe belongs to the word if a letter stands behind it.
            step = decode(text + i + 1, size - i - 1, &point)
            if not step:
                return -1
            if not rules.letter[class_of(point)]:
                break
            i += 1 + step
            n += 2
            continue
        step = decode(text + i, size - i, &point)
        if not step:
            return -1
        if not rules.inner[class_of(point)]:
            break
        i += step
        n += 1
    n_characters[0] = n
    return i


cdef int64_t next_token(
    const uint8_t* text, int64_t i, int64_t size, Rules* rules, int64_t* start
) noexcept nogil:
    """Find the next token from i on; return its end, 0 for none, -1 for not UTF-8."""
    cdef int64_t n_characters = 0
    cdef uint32_t point
    cdef uint8_t kind
    cdef int step
    while i < size:
        start[0] = i
        if text[i] < 0x80:
            kind = CLASSES[text[i]]
            step = 1
        else:
            step = decode(text + i, size - i, &point)
            if not step:
                return -1
            kind = class_of(point)
        i += step
        if rules.letter[kind]:
            i = word_end(text, i, size, rules, &n_characters)
            if i < 0 or n_characters >= rules.min_length:
                return i
        elif rules.alone[kind]:
            while i < size and text[i] >= 0x80:
                step = decode(text + i, size - i, &point)
                if not step:
                    return -1
                if not class_of(point) & MARK:
                    break
                i += step
            return i
        elif rules.symbol[kind]:
            return i
    return 0


def tokenize(
    const uint8_t[::1] data,
    const int64_t[::1] offsets,
    int64_t first,
    int64_t last,
    bint plain,
    bint apostrophes,
    bint symbols,
    int64_t min_length,
):
    r"""Cut the documents from first to last into tokens.

    Parameters
    ----------
    plain : bool
        Words are runs of ``\w``; else by the rules of WordTokenizer.
    apostrophes : bool
        An apostrophe between letters belongs to the word.
    symbols : bool
        Each mark and symbol is a token.
    min_length : int
        Words of fewer characters are dropped.

    Returns
    -------
    ids : ndarray of int32
        One entry per token: the number of its word.
    lengths : ndarray of int64
        The number of tokens of each document.
    table : WordTable
        The distinct words.
    """
    cdef Rules rules = make_rules(plain, apostrophes, symbols, min_length)
    cdef int64_t total = offsets[last] - offsets[first]
    cdef WordTable table = WordTable(min(total // 16, 65536))
    cdef Ints ids = Ints(NULL, 0, 0)
    cdef int64_t i, start, end, size, before
    cdef const uint8_t* text
    cdef int status = 0
    cdef int32_t number
    lengths = np.zeros(last - first, np.int64)
    cdef int64_t[::1] out = lengths
    with nogil:
        status = reserve(&ids, total // 5)
        for i in range(first, last):
            if status < 0:
                break
            before = ids.size
            size = offsets[i + 1] - offsets[i]
            if not size:
                continue
            text = &data[offsets[i]]
            end = next_token(text, 0, size, &rules, &start)
            while end > 0:
                number = table.add(text + start, end - start)
                if number < 0 or push(&ids, number) < 0:
                    status = -1
                    break
                end = next_token(text, end, size, &rules, &start)
            if end < 0:
                status = -2
            out[i - first] = ids.size - before
    if status < 0:
        free(ids.items)
        if status == -1:
            raise MemoryError
        raise Declined("a document is not valid UTF-8")
    return to_numpy(&ids), lengths, table


# ------------------------------------------------------------- tokens to other tokens


def renumber(
    const int32_t[::1] ids, const int32_t[::1] number, int32_t[::1] out, int64_t at
):
    """Write the new number of each token to ``out``, from ``at`` on."""
    cdef int64_t i
    with nogil:
        for i in range(ids.shape[0]):
            out[at + i] = number[ids[i]]


def keep_words(
    const int32_t[::1] ids, const int64_t[::1] offsets, const uint8_t[::1] kept
):
    """Drop the tokens of words that are not kept; return new ids and offsets."""
    cdef int64_t i, j, written = 0, n = offsets.shape[0] - 1
    new_ids, new_offsets = np.empty(ids.shape[0], np.int32), np.empty(n + 1, np.int64)
    cdef int32_t[::1] out = new_ids
    cdef int64_t[::1] out_offsets = new_offsets
    with nogil:
        for i in range(n):
            out_offsets[i] = written
            for j in range(offsets[i], offsets[i + 1]):
                # Written always, kept or not: no branch to predict.
                out[written] = ids[j]
                written += kept[ids[j]]
        out_offsets[n] = written
    return new_ids[:written], new_offsets


def split_words(
    const int32_t[::1] ids,
    const int64_t[::1] offsets,
    const int32_t[::1] stem,
    const int32_t[::1] ending,
):
    """Replace each token by its stem and, where not -1, its ending."""
    cdef int64_t i, j, n = offsets.shape[0] - 1, written = 0, extra = 0
    with nogil:
        for i in range(ids.shape[0]):
            extra += ending[ids[i]] >= 0
    new_ids = np.empty(ids.shape[0] + extra, np.int32)
    new_offsets = np.empty(n + 1, np.int64)
    cdef int32_t[::1] out = new_ids
    cdef int64_t[::1] out_offsets = new_offsets
    with nogil:
        for i in range(n):
            out_offsets[i] = written
            for j in range(offsets[i], offsets[i + 1]):
                out[written] = stem[ids[j]]
                written += 1
                if ending[ids[j]] >= 0:
                    out[written] = ending[ids[j]]
                    written += 1
        out_offsets[n] = written
    return new_ids, new_offsets


cdef inline bint is_negator(
    const uint8_t* text, int64_t size, WordTable negators
) noexcept nogil:
    cdef uint8_t lower[16]
    cdef int64_t i
    if size >= 3 and (
        text[size - 3] | 0x20 == 110
        and text[size - 2] == 39
        and text[size - 1] | 0x20 == 116
    ):
        return True  # "n't"
    if size > 16:
        return False
    for i in range(size):
        lower[i] = text[i] + 32 if 65 <= text[i] <= 90 else text[i]
    return negators.find(lower, size) >= 0


def word_kinds(
    const uint8_t[::1] text, const int32_t[::1] starts, WordTable negators
):
    """Return of each word: 0 is no word, 1 a word, 2 a negator.

    ``negators`` are ASCII words of at most 16 characters, in lower case.
    """
    cdef int64_t i, size
    cdef uint32_t point
    kinds = np.zeros(starts.shape[0] - 1, np.uint8)
    cdef uint8_t[::1] out = kinds
    with nogil:
        for i in range(starts.shape[0] - 1):
            size = starts[i + 1] - starts[i]
            if not size:
                continue
            if is_negator(&text[starts[i]], size, negators):
                out[i] = 2
            elif decode(&text[starts[i]], size, &point):
                out[i] = class_of(point) & WORD
    return kinds


def find_scope(
    const int32_t[::1] ids,
    const int64_t[::1] offsets,
    const uint8_t[::1] kind,
    int64_t scope,
):
    """Say of each token, by 1 or 0, whether it is in the scope of a negator.

    Parameters
    ----------
    kind : ndarray of uint8
        Of each word: 0 is no word, 1 a word, 2 a negator.
    """
    cdef int64_t i, j, left, n = offsets.shape[0] - 1
    inside = np.empty(ids.shape[0], np.uint8)
    cdef uint8_t[::1] out = inside
    with nogil:
        for i in range(n):
            left = 0
            for j in range(offsets[i], offsets[i + 1]):
                out[j] = 0
                if kind[ids[j]] == 2:
                    left = scope
                elif left and kind[ids[j]]:
                    left -= 1
                    out[j] = 1
    return inside


def prefix_tokens(
    const int32_t[::1] ids,
    const uint8_t[::1] inside,
    const uint8_t[::1] text,
    const int32_t[::1] starts,
    const uint8_t[::1] prefix,
):
    """Put the prefix before the word of each token where ``inside`` is 1.

    The words so made are new ones, behind the others.

    Returns
    -------
    ids : ndarray of int32
    text : ndarray of uint8
    starts : ndarray of int32
    is_known : bool
        Whether a word begins with the prefix already: a new one may be its equal.
    """
    cdef int64_t i, size, n = starts.shape[0] - 1, m = prefix.shape[0], k = n
    cdef int64_t base = starts[0], at = starts[n] - starts[0], total = at
    cdef bint is_known = False
    numbers = np.full(n, -1, np.int32)
    new_ids = np.empty(ids.shape[0], np.int32)
    cdef int32_t[::1] number = numbers, out_ids = new_ids
    with nogil:
        for i in range(ids.shape[0]):
            if inside[i]:
                number[ids[i]] = 0
        for i in range(n):
            size = starts[i + 1] - starts[i]
            if size >= m and memcmp(&text[starts[i]], &prefix[0], m) == 0:
                is_known = True
            if not number[i]:
                number[i] = <int32_t>k
                k += 1
                total += size + m
    if total > 0x7FFFFFFF:
        raise Declined("more than 2 GB of distinct words")
    new_text = np.empty(total + 1, np.uint8)
    new_starts = np.empty(k + 1, np.int32)
    cdef uint8_t[::1] out = new_text
    cdef int32_t[::1] out_starts = new_starts
    with nogil:
        memcpy(&out[0], &text[base], at)
        for i in range(n + 1):
            out_starts[i] = <int32_t>(starts[i] - base)
        for i in range(n):
            if number[i] >= 0:
                size = starts[i + 1] - starts[i]
                memcpy(&out[at], &prefix[0], m)
                memcpy(&out[at + m], &text[starts[i]], size)
                at += size + m
                out_starts[number[i] + 1] = <int32_t>at
        for i in range(ids.shape[0]):
            out_ids[i] = number[ids[i]] if inside[i] else ids[i]
    return new_ids, new_text, new_starts, is_known


# --------------------------------------------------------------------- counting (fit)

cdef struct SortKey:
    uint64_t prefix  # the first 8 bytes, big-endian
    const uint8_t* text
    int32_t size
    int32_t number


cdef int compare_keys(const void* a, const void* b) noexcept nogil:
    cdef SortKey* left = <SortKey*>a
    cdef SortKey* right = <SortKey*>b
    cdef int order
    if left.prefix != right.prefix:
        return 1 if left.prefix > right.prefix else -1
    order = memcmp(left.text, right.text, min(left.size, right.size))
    if order:
        return order
    return (left.size > right.size) - (left.size < right.size)


def rank_words(
    const uint8_t[::1] text, const int32_t[::1] starts, const int32_t[::1] ids
):
    """Sort the words that tokens use; UTF-8 sorts like its code points.

    Returns
    -------
    ranks : ndarray of uint32
        Of each word, its place in the order, from 1; 0 where no token uses it.
    order : ndarray of int32
        The words in use, sorted.
    """
    cdef int64_t i, n_words = starts.shape[0] - 1, n = 0
    cdef int j
    ranks = np.zeros(n_words, np.uint32)
    cdef uint32_t[::1] rank = ranks
    cdef SortKey* keys = <SortKey*>malloc((n_words + 1) * sizeof(SortKey))
    if keys == NULL:
        raise MemoryError
    with nogil:
        for i in range(ids.shape[0]):
            rank[ids[i]] = 1
        for i in range(n_words):
            if not rank[i]:
                continue
            keys[n].size = starts[i + 1] - starts[i]
            keys[n].text = &text[0] + starts[i]
            keys[n].number = <int32_t>i
            keys[n].prefix = 0
            for j in range(8):
                keys[n].prefix = keys[n].prefix << 8
                if j < keys[n].size:
                    keys[n].prefix |= keys[n].text[j]
            n += 1
        qsort(keys, n, sizeof(SortKey), compare_keys)
    order = np.empty(n, np.int32)
    cdef int32_t[::1] out = order
    for i in range(n):
        out[i] = keys[i].number
        rank[keys[i].number] = <uint32_t>(i + 1)
    free(keys)
    return ranks, order


def pad_ranks(
    const int32_t[::1] ids,
    const int64_t[::1] offsets,
    const uint32_t[::1] ranks,
    int64_t n_ranks,
    int64_t limit,
):
    """Return the padded ranks of the drawing above.

    Returns
    -------
    padded : ndarray of uint32
    documents : ndarray of int32
        The document of each place.
    frequency : ndarray of int64
        How often each rank occurs, from 0 (which counts as not occurring).
    """
    cdef int64_t i, j, at = 0, n = offsets.shape[0] - 1
    if ids.shape[0] + n >= limit:
        raise Declined("too many tokens for a sort key of 64 bits")
    padded = np.empty(ids.shape[0] + n, np.uint32)
    documents = np.empty(ids.shape[0] + n, np.int32)
    frequency = np.zeros(n_ranks + 1, np.int64)
    cdef uint32_t[::1] out = padded
    cdef int32_t[::1] document = documents
    cdef int64_t[::1] counts = frequency
    with nogil:
        for i in range(n):
            for j in range(offsets[i], offsets[i + 1]):
                out[at] = ranks[ids[j]]
                counts[out[at]] += 1
                document[at] = <int32_t>i
                at += 1
            out[at] = 0
            document[at] = <int32_t>i
            at += 1
        counts[0] = 0
    return padded, documents, frequency


cdef void sort_keys(
    uint64_t* keys, uint64_t* spare, int64_t n, int key_bits
) noexcept nogil:
    """Sort by the upper 32 bits, of which key_bits are in use; stable."""
    cdef int64_t i, j, total, frequency
    cdef int64_t counts[2048]
    cdef int shift = 32, bits = 8 if n < 4096 else 11
    cdef uint64_t key, mask = (1 << bits) - 1
    cdef uint64_t* source = keys
    cdef uint64_t* target = spare
    cdef uint64_t* other
    if n <= 40:
        for i in range(1, n):
            key = keys[i]
            j = i
            while j and keys[j - 1] >> 32 > key >> 32:
                keys[j] = keys[j - 1]
                j -= 1
            keys[j] = key
        return
    while shift < 32 + key_bits:
        memset(counts, 0, (mask + 1) * sizeof(int64_t))
        for i in range(n):
            counts[source[i] >> shift & mask] += 1
        total = 0
        for i in range(<int64_t>mask + 1):
            frequency = counts[i]
            counts[i] = total
            total += frequency
        for i in range(n):
            j = source[i] >> shift & mask
            target[counts[j]] = source[i]
            counts[j] += 1
        other = source
        source = target
        target = other
        shift += bits
    if source != keys:
        memcpy(keys, source, n * sizeof(uint64_t))


cdef struct Counter:
    # The corpus, read only.
    const uint32_t* rank
    const int32_t* document
    int key_bits
    int min_n
    int max_n
    int64_t min_documents
    int64_t max_documents
    bint has_limits
    # The places of this range of first words, sorted further as runs are cut.
    uint32_t* place
    uint64_t* spare
    # The columns found: each a run [start, start + length) of places, and its words.
    int32_t* words
    Ints starts
    Ints lengths
    Ints ngrams
    # Of each document: the last run that met it, and its number of entries.
    int64_t* seen
    int64_t stamp
    int64_t* row_lengths


cdef int count_run(
    Counter* c, int64_t start, int64_t end, int depth, uint64_t* keys
) noexcept nogil:
    """Count the n-gram that the places of a run share, and those that extend it.

    Of ``keys``, as many are free as the run has places, for each further word.
    """
    cdef int64_t i, n_documents = 0
    cdef int32_t document
    cdef int j
    if c.has_limits:
        c.stamp += 1
        for i in range(start, end):
            document = c.place[i] if c.max_n == 1 else c.document[c.place[i]]
            n_documents += c.seen[document] != c.stamp
            c.seen[document] = c.stamp
        if n_documents < c.min_documents:
            return 0
    if depth >= c.min_n and n_documents <= c.max_documents:
        if (
            push(&c.starts, <int32_t>start) < 0
            or push(&c.lengths, <int32_t>(end - start)) < 0
            or reserve(&c.ngrams, c.max_n) < 0
        ):
            return -1
        for j in range(c.max_n):
            c.ngrams.items[c.ngrams.size + j] = c.words[j] if j < depth else -1
        c.ngrams.size += c.max_n
        c.stamp += 1
        for i in range(start, end):
            document = c.place[i] if c.max_n == 1 else c.document[c.place[i]]
            c.row_lengths[document] += c.seen[document] != c.stamp
            c.seen[document] = c.stamp
    if depth == c.max_n:
        return 0
    return cut_run(c, start, end, depth, keys)


cdef int cut_run(
    Counter* c, int64_t start, int64_t end, int depth, uint64_t* keys
) noexcept nogil:
    """Sort a run by its next word, and count the runs that it falls into."""
    cdef int64_t i, first = 0, n = end - start
    cdef uint64_t word
    for i in range(n):
        word = c.rank[c.place[start + i] + depth]
        keys[i] = word << 32 | c.place[start + i]
    if n > 1:
        sort_keys(keys, c.spare, n, c.key_bits)
        for i in range(n):
            c.place[start + i] = <uint32_t>keys[i]
    while first < n and not keys[first] >> 32:
        first += 1  # these end with their document
    while first < n:
        word = keys[first] >> 32
        i = first + 1
        while i < n and keys[i] >> 32 == word:
            i += 1
        c.words[depth] = <int32_t>(word - 1)
        if count_run(c, start + first, start + i, depth + 1, keys + n) < 0:
            return -1
        first = i
    return 0


def count(
    const uint32_t[::1] padded,
    const int32_t[::1] documents,
    const int64_t[::1] frequency,
    int64_t first,
    int64_t last,
    int64_t n_documents,
    int min_n,
    int max_n,
    int64_t min_documents,
    int64_t max_documents,
):
    """Count the n-grams whose first word has a rank from first up to last.

    Returns
    -------
    places : ndarray of int32
        The document of each place, in the order of the runs.
    starts, lengths : ndarray of int32
        The run of each column.
    ngrams : ndarray of int32 of shape (n_columns, max_n)
    row_lengths : ndarray of int64
        The number of entries of each document.
    """
    cdef int64_t i, rank, start, longest = 0, total = 0
    cdef int status = 0
    cdef Counter c
    row_lengths = np.zeros(n_documents, np.int64)
    bounds = np.zeros(last - first + 1, np.int64)
    cdef int64_t[::1] bound = bounds, out_lengths = row_lengths
    for rank in range(first, last):
        bound[rank - first] = total
        total += frequency[rank]
        longest = max(longest, frequency[rank])
    if not total:
        none = np.empty(0, np.int32)
        return none, none, none, none.reshape(0, max_n), row_lengths
    places = np.empty(total, np.uint32)
    cdef uint32_t[::1] place = places
    memset(&c, 0, sizeof(Counter))
    c.rank = &padded[0]
    c.document = &documents[0]
    while frequency.shape[0] >> c.key_bits:
        c.key_bits += 1
    c.min_n, c.max_n = min_n, max_n
    c.min_documents, c.max_documents = min_documents, max_documents
    c.has_limits = min_documents > 1 or max_documents < n_documents
    c.place = &place[0]
    c.row_lengths = &out_lengths[0]
    c.spare = <uint64_t*>malloc(longest * sizeof(uint64_t))
    c.seen = <int64_t*>calloc(n_documents, sizeof(int64_t))
    c.words = <int32_t*>malloc(max_n * sizeof(int32_t))
    keys = np.empty(longest * max_n, np.uint64)
    cdef uint64_t[::1] key = keys
    with nogil:
        if c.spare == NULL or c.seen == NULL or c.words == NULL:
            status = -1
        else:
            for i in range(padded.shape[0]):
                rank = padded[i]
                if first <= rank < last:
                    # Single words need no places, only their documents.
                    place[bound[rank - first]] = i if max_n > 1 else documents[i]
                    bound[rank - first] += 1
            start = 0
            for rank in range(first, last):
                # By now each bound is the end of its run.
                if frequency[rank]:
                    c.words[0] = <int32_t>(rank - 1)
                    status = count_run(&c, start, bound[rank - first], 1, &key[0])
                    if status < 0:
                        break
                start = bound[rank - first]
            if max_n > 1:
                for i in range(total):
                    place[i] = <uint32_t>documents[place[i]]
    free(c.spare)
    free(c.seen)
    free(c.words)
    starts, lengths = to_numpy(&c.starts), to_numpy(&c.lengths)
    ngrams = to_numpy(&c.ngrams)
    if status < 0:
        raise MemoryError
    return places.view(np.int32), starts, lengths, ngrams.reshape(-1, max_n), row_lengths


def fill_rows(
    const int32_t[::1] places,
    const int32_t[::1] starts,
    const int32_t[::1] lengths,
    int64_t first_column,
    int64_t[::1] cursor,
    int32_t[::1] indices,
    int64_t[::1] data,
    bint binary,
):
    """Append each column to the rows of its documents.

    ``cursor`` holds the place of the next entry of each row, and is moved.
    """
    cdef int64_t i, column, at
    cdef int32_t document
    # The last column that met a document, numbered from 1.
    last_columns = np.zeros(cursor.shape[0], np.int64)
    cdef int64_t[::1] last = last_columns
    with nogil:
        for column in range(starts.shape[0]):
            for i in range(starts[column], starts[column] + lengths[column]):
                document = places[i]
                at = cursor[document]
                if last[document] == column + 1:
                    if not binary:
                        data[at - 1] += 1
                else:
                    last[document] = column + 1
                    indices[at] = <int32_t>(first_column + column)
                    data[at] = 1
                    cursor[document] = at + 1


# ------------------------------------------------------------------ look-up (transform)

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define prefetch(address) __builtin_prefetch(address)
    #else
    #define prefetch(address) ((void)0)
    #endif
    """
    void prefetch(const void*) noexcept nogil


cdef struct Level:
    Ints words
    # Of node i: its column at 2 * i, its first child at 2 * i + 1. One cache line
    # answers for both, and for where its children end.
    Ints nodes


cdef class Trie:
    """The vocabulary as a tree of words; see the drawing above."""

    cdef Level* levels
    cdef int32_t* root
    cdef readonly int depth
    cdef readonly int64_t n_words
    cdef readonly int64_t n_columns
    cdef int column_bits

    def __cinit__(self, const int32_t[:, ::1] ngrams, int64_t n_words):
        cdef int64_t row
        cdef int status = 0
        self.n_words = n_words
        self.n_columns = ngrams.shape[0]
        self.depth = <int>ngrams.shape[1]
        while self.n_columns >> self.column_bits:
            self.column_bits += 1
        self.levels = <Level*>calloc(self.depth + 1, sizeof(Level))
        self.root = <int32_t*>malloc((n_words + 1) * sizeof(int32_t))
        if self.levels == NULL or self.root == NULL:
            raise MemoryError
        with nogil:
            memset(self.root, 0xFF, (n_words + 1) * sizeof(int32_t))
            for row in range(self.n_columns):
                status = self.add_ngram(
                    &ngrams[row, 0], &ngrams[row - 1, 0] if row else NULL, row
                )
                if status < 0:
                    break
            if not status:
                status = self.close_levels()
        if status == -1:
            raise MemoryError
        if status == -2:
            raise ValueError("an n-gram holds a word that the vocabulary lacks")

    def __dealloc__(self):
        cdef int d
        if self.levels != NULL:
            for d in range(self.depth):
                free(self.levels[d].words.items)
                free(self.levels[d].nodes.items)
        free(self.levels)
        free(self.root)

    cdef int add_ngram(
        self, const int32_t* ngram, const int32_t* before, int64_t row
    ) noexcept nogil:
        """Add the nodes that this n-gram does not share with the one before it."""
        cdef int d = 0
        cdef Level* level
        if before != NULL:
            while d < self.depth and ngram[d] >= 0 and ngram[d] == before[d]:
                d += 1
        while d < self.depth and ngram[d] >= 0:
            if ngram[d] >= self.n_words:
                return -2
            level = &self.levels[d]
            if not d:
                self.root[ngram[0]] = <int32_t>level.words.size
            if (
                push(&level.words, ngram[d]) < 0
                or push(&level.nodes, -1) < 0
                or push(&level.nodes, <int32_t>self.levels[d + 1].words.size) < 0
            ):
                return -1
            d += 1
        if d:
            level = &self.levels[d - 1]
            level.nodes.items[level.nodes.size - 2] = <int32_t>row
        return 0

    cdef int close_levels(self) noexcept nogil:
        cdef int d
        for d in range(self.depth):
            if (
                push(&self.levels[d].nodes, -1) < 0
                or push(&self.levels[d].nodes, <int32_t>self.levels[d + 1].words.size) < 0
            ):
                return -1
        return 0

    cdef inline int32_t find_child(
        self, int d, int64_t first, int64_t n, int32_t word
    ) noexcept nogil:
        """Return which of n nodes of a level, sorted, has this word, or -1."""
        cdef const int32_t* words = self.levels[d].words.items
        cdef int64_t half
        while n > 1:
            half = n >> 1
            # A conditional move: the outcome of the comparison cannot be predicted.
            first = first + half if words[first + half] <= word else first
            n -= half
        return <int32_t>first if words[first] == word else -1

    cdef int64_t find_columns(
        self,
        const int32_t* words,
        int64_t n,
        int32_t* nodes,
        int32_t* sizes,
        int32_t* columns,
    ) noexcept nogil:
        """Find the n-grams of a document; return how many.

        Level by level, and each in two passes: what the second needs from memory, the
        first has asked for, for all tokens at once.
        """
        cdef int64_t i, found = 0
        cdef int32_t node
        cdef const int32_t* entry
        cdef int d
        for i in range(n):
            nodes[i] = self.root[words[i]] if words[i] >= 0 else -1
            if nodes[i] >= 0:
                prefetch(self.levels[0].nodes.items + 2 * nodes[i])
        for d in range(self.depth):
            for i in range(n - d):
                node = nodes[i]
                if node < 0:
                    continue
                entry = self.levels[d].nodes.items + 2 * <int64_t>node
                columns[found] = entry[0]
                found += entry[0] >= 0
                nodes[i] = -1
                sizes[i] = entry[3] - entry[1]
                if sizes[i] and i + d + 1 < n and words[i + d + 1] >= 0:
                    nodes[i] = entry[1]
                    prefetch(
                        self.levels[d + 1].words.items + entry[1] + (sizes[i] >> 1)
                    )
            for i in range(n - d - 1):
                if nodes[i] < 0:
                    continue
                node = self.find_child(d + 1, nodes[i], sizes[i], words[i + d + 1])
                nodes[i] = node
                if node >= 0:
                    prefetch(self.levels[d + 1].nodes.items + 2 * <int64_t>node)
        return found

    def look_up(
        self,
        const int32_t[::1] ids,
        const int64_t[::1] offsets,
        int64_t first,
        int64_t last,
        const int32_t[::1] numbers,
        bint binary,
    ):
        """Count the n-grams of the documents from first up to last.

        Parameters
        ----------
        numbers : ndarray of int32
            Of each word of the tokens, its number in the vocabulary, or -1.

        Returns
        -------
        indices, counts : ndarray of int32
            The sorted columns of each row, end to end, and their counts.
        lengths : ndarray of int64
            The number of entries of each row.
        """
        cdef int64_t i, j, n, found, longest = 1, before
        cdef int status = 0
        cdef Ints indices = Ints(NULL, 0, 0), counts = Ints(NULL, 0, 0)
        cdef int32_t* words
        cdef int32_t* nodes
        cdef int32_t* sizes
        cdef uint32_t* columns
        cdef uint32_t* spare
        row_lengths = np.zeros(last - first, np.int64)
        cdef int64_t[::1] out = row_lengths
        for i in range(first, last):
            longest = max(longest, offsets[i + 1] - offsets[i])
        words = <int32_t*>malloc(
            longest * (3 + 2 * self.depth) * sizeof(int32_t)
        )
        if words == NULL:
            raise MemoryError
        nodes = words + longest
        sizes = nodes + longest
        columns = <uint32_t*>(sizes + longest)
        spare = columns + longest * self.depth
        with nogil:
            for i in range(first, last):
                n = offsets[i + 1] - offsets[i]
                for j in range(n):
                    words[j] = numbers[ids[offsets[i] + j]]
                found = self.find_columns(
                    words, n, nodes, sizes, <int32_t*>columns
                )
                if reserve(&indices, found) < 0 or reserve(&counts, found) < 0:
                    status = -1
                    break
                sort_columns(columns, spare, found, self.column_bits)
                before = indices.size
                append_counts(columns, found, binary, &indices, &counts)
                out[i - first] = indices.size - before
        free(words)
        if status < 0:
            free(indices.items)
            free(counts.items)
            raise MemoryError
        return to_numpy(&indices), to_numpy(&counts), row_lengths


cdef void sort_columns(
    uint32_t* columns, uint32_t* spare, int64_t n, int column_bits
) noexcept nogil:
    cdef int64_t i, j, total, frequency
    cdef int64_t counts[256]
    cdef uint32_t column
    cdef uint32_t* source = columns
    cdef uint32_t* target = spare
    cdef uint32_t* other
    cdef int shift = 0
    if n <= 60:
        for i in range(1, n):
            column = columns[i]
            j = i
            while j and columns[j - 1] > column:
                columns[j] = columns[j - 1]
                j -= 1
            columns[j] = column
        return
    while shift < column_bits:
        memset(counts, 0, sizeof(counts))
        for i in range(n):
            counts[source[i] >> shift & 255] += 1
        total = 0
        for i in range(256):
            frequency = counts[i]
            counts[i] = total
            total += frequency
        for i in range(n):
            j = source[i] >> shift & 255
            target[counts[j]] = source[i]
            counts[j] += 1
        other = source
        source = target
        target = other
        shift += 8
    if source != columns:
        memcpy(columns, source, n * sizeof(uint32_t))


cdef void append_counts(
    const uint32_t* columns, int64_t n, bint binary, Ints* indices, Ints* counts
) noexcept nogil:
    """Append sorted columns, equal ones as one with their number."""
    cdef int64_t i
    cdef int64_t at = indices.size - 1, begin = indices.size
    for i in range(n):
        if at >= begin and indices.items[at] == <int32_t>columns[i]:
            counts.items[at] += not binary
        else:
            at += 1
            indices.items[at] = <int32_t>columns[i]
            counts.items[at] = 1
    indices.size = counts.size = at + 1


def copy_part(
    const int32_t[::1] indices,
    const int32_t[::1] counts,
    int32_t[::1] out_indices,
    int64_t[::1] out_counts,
    int64_t at,
):
    """Copy the entries of some rows to their place in the whole."""
    cdef int64_t i
    with nogil:
        for i in range(indices.shape[0]):
            out_indices[at + i] = indices[i]
            out_counts[at + i] = counts[i]
