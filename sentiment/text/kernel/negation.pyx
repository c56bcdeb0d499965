# The scope of a negator, and the words that it turns around.

# What a token is to a negator.
cdef enum:
    NO_WORD = 0
    A_WORD = 1
    NEGATOR = 2
    LONGEST_NEGATOR = 16


cdef inline bint is_negator(
    const uint8_t* text, int64_t size, WordTable negators
) noexcept nogil:
    cdef uint8_t lower[LONGEST_NEGATOR]
    cdef int64_t i
    if size >= 3 and (
        text[size - 3] | CASE == c'n'
        and text[size - 2] == c'\''
        and text[size - 1] | CASE == c't'
    ):
        return True
    if size > LONGEST_NEGATOR:
        return False
    for i in range(size):
        lower[i] = text[i] | CASE if c'A' <= text[i] <= c'Z' else text[i]
    return negators.find(lower, size) >= 0


cdef inline uint8_t kind_of(
    const uint8_t* text, int64_t size, WordTable negators
) noexcept nogil:
    cdef uint32_t point
    if not size:
        return NO_WORD
    if is_negator(text, size, negators):
        return NEGATOR
    return A_WORD if decode(text, size, &point) and class_of(point) & WORD else NO_WORD


def word_kinds(
    const uint8_t[::1] text, const int32_t[::1] starts, WordTable negators
):
    """Return of each word: 0 is no word, 1 a word, 2 a negator.

    ``negators`` are ASCII words of at most 16 characters, in lower case.
    """
    cdef int64_t i
    kinds = np.zeros(starts.shape[0] - 1, np.uint8)
    cdef uint8_t[::1] out = kinds
    with nogil:
        for i in range(starts.shape[0] - 1):
            out[i] = kind_of(&text[0] + starts[i], starts[i + 1] - starts[i], negators)
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
                if kind[ids[j]] == NEGATOR:
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
            if size >= m and memcmp(&text[0] + starts[i], &prefix[0], m) == 0:
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
        memcpy(&out[0], &text[0] + base, at)
        for i in range(n + 1):
            out_starts[i] = <int32_t>(starts[i] - base)
        for i in range(n):
            if number[i] >= 0:
                size = starts[i + 1] - starts[i]
                memcpy(&out[at], &prefix[0], m)
                memcpy(&out[at] + m, &text[0] + starts[i], size)
                at += size + m
                out_starts[number[i] + 1] = <int32_t>at
        for i in range(ids.shape[0]):
            out_ids[i] = number[ids[i]] if inside[i] else ids[i]
    return new_ids, new_text, new_starts, is_known
