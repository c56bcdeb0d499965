# Find the values of some keys in JSON lines: what the reader of such files asks for.
#
# Only what is plain is found here: objects of strings, numbers and literals. A line with
# anything else (nested values, \u escapes, exponents, a key twice, no JSON at all) is
# declined, and Python's json says what it is.

cdef enum:
    ABSENT = 0
    NULL_VALUE = 1
    STRING = 2
    ESCAPED = 3  # a string with escapes
    INTEGER = 4
    DECIMAL = 5
    TRUE_VALUE = 6
    FALSE_VALUE = 7
    MOST_KEYS = 64
    MOST_DIGITS = 18


cdef inline uint64_t has_byte_below_space(uint64_t block) noexcept nogil:
    """Return bits if a byte is below 0x20; now and then where one is not."""
    return (block - 0x2020202020202020ULL) & ~block & 0x8080808080808080ULL


cdef inline int64_t skip_space(
    const uint8_t* data, int64_t i, int64_t end
) noexcept nogil:
    while i < end and (data[i] == c' ' or data[i] == c'\t' or data[i] == c'\r'):
        i += 1
    return i


cdef int64_t string_end(
    const uint8_t* data, int64_t i, int64_t end, int* kind
) noexcept nogil:
    """Return where the quote stands that ends a string, or -1."""
    cdef uint8_t byte
    cdef uint64_t block
    kind[0] = STRING
    while i < end:
        while i + 8 <= end:
            memcpy(&block, data + i, 8)
            if (
                has_byte(block, c'"') or has_byte(block, c'\\')
                or has_byte_below_space(block)
            ):
                break
            i += 8
        if i == end:
            return -1
        byte = data[i]
        if byte == c'"':
            return i
        if byte < 0x20:
            return -1
        if byte == c'\\':
            kind[0] = ESCAPED
            i += 1
            if i == end:
                return -1
            byte = data[i]
            if not (
                byte == c'"' or byte == c'\\' or byte == c'/' or byte == c'b'
                or byte == c'f' or byte == c'n' or byte == c'r' or byte == c't'
            ):
                return -1
        i += 1
    return -1


cdef int64_t number_end(
    const uint8_t* data, int64_t i, int64_t end, int* kind
) noexcept nogil:
    """Return where a number ends, or -1."""
    cdef int64_t first
    kind[0] = INTEGER
    if i < end and data[i] == c'-':
        i += 1
    first = i
    while i < end and c'0' <= data[i] <= c'9':
        i += 1
    if i == first or i - first > MOST_DIGITS or (data[first] == c'0' and i - first > 1):
        return -1
    if i < end and data[i] == c'.':
        kind[0] = DECIMAL
        i += 1
        first = i
        while i < end and c'0' <= data[i] <= c'9':
            i += 1
        if i == first or i - first > MOST_DIGITS:
            return -1
    if i < end and (data[i] == c'e' or data[i] == c'E'):
        return -1
    return i


cdef int64_t value_end(
    const uint8_t* data, int64_t i, int64_t end, int* kind
) noexcept nogil:
    """Return where a value ends, behind its last byte, or -1."""
    cdef int64_t found
    if i >= end:
        return -1
    if data[i] == c'"':
        found = string_end(data, i + 1, end, kind)
        return -1 if found < 0 else found + 1
    if data[i] == c'-' or c'0' <= data[i] <= c'9':
        return number_end(data, i, end, kind)
    if i + 4 <= end and memcmp(data + i, b"true", 4) == 0:
        kind[0] = TRUE_VALUE
        return i + 4
    if i + 4 <= end and memcmp(data + i, b"null", 4) == 0:
        kind[0] = NULL_VALUE
        return i + 4
    if i + 5 <= end and memcmp(data + i, b"false", 5) == 0:
        kind[0] = FALSE_VALUE
        return i + 5
    return -1


cdef int read_object(
    const uint8_t* data, int64_t i, int64_t end,
    const uint8_t* names, const int64_t* bounds, int n_wanted, int32_t* found,
) noexcept nogil:
    """Fill in kind, start and end of each wanted key; 0 declines the line."""
    cdef int64_t key_starts[MOST_KEYS]
    cdef int64_t key_ends[MOST_KEYS]
    cdef int64_t first, last, size, n
    cdef int kind, n_keys = 0, k
    if data[i] != c'{':
        return 0
    i = skip_space(data, i + 1, end)
    if i < end and data[i] == c'}':
        return 0
    while True:
        if n_keys == MOST_KEYS or i >= end or data[i] != c'"':
            return 0
        first = i + 1
        last = string_end(data, first, end, &kind)
        if last < 0 or kind != STRING:
            return 0
        size = last - first
        for k in range(n_keys):
            n = key_ends[k] - key_starts[k]
            if n == size and memcmp(data + key_starts[k], data + first, n) == 0:
                return 0
        key_starts[n_keys], key_ends[n_keys] = first, last
        n_keys += 1
        i = skip_space(data, last + 1, end)
        if i >= end or data[i] != c':':
            return 0
        i = skip_space(data, i + 1, end)
        last = value_end(data, i, end, &kind)
        if last < 0:
            return 0
        for k in range(n_wanted):
            n = bounds[k + 1] - bounds[k]
            if n == size and memcmp(names + bounds[k], data + first, n) == 0:
                found[3 * k] = kind
                if kind == STRING or kind == ESCAPED:
                    found[3 * k + 1], found[3 * k + 2] = <int32_t>(i + 1), <int32_t>(last - 1)
                else:
                    found[3 * k + 1], found[3 * k + 2] = <int32_t>i, <int32_t>last
        i = skip_space(data, last, end)
        if i < end and data[i] == c',':
            i = skip_space(data, i + 1, end)
            continue
        if i < end and data[i] == c'}':
            return skip_space(data, i + 1, end) == end
        return 0


def scan_json_lines(const uint8_t[::1] text, list keys):
    """Find some keys in each line that is not blank.

    Returns
    -------
    lines : ndarray of int32
        The number of each, from 0.
    found : ndarray of int32 of shape (n_lines, n_keys, 3)
        Kind, start and end of each value.

    Returns None if a line is not plain.
    """
    cdef const uint8_t* data = &text[0] if text.shape[0] else NULL
    cdef int64_t n = text.shape[0], i = 0, end, start, line = 0
    cdef int n_wanted = len(keys), k
    cdef bint plain = True
    joined = np.frombuffer(b"".join(keys) or b"\0", np.uint8)
    sizes = np.cumsum([0, *map(len, keys)], dtype=np.int64)
    cdef const uint8_t[::1] names = joined
    cdef const int64_t[::1] bounds = sizes
    cdef Ints lines = Ints(NULL, 0, 0), found = Ints(NULL, 0, 0)
    if n >= 2**31 or n_wanted == 0:
        return None
    with nogil:
        while i < n:
            end = find_byte(data, i, n, c'\n')
            if end < 0:
                end = n
            start = skip_space(data, i, end)
            if start < end:
                if push(&lines, <int32_t>line) < 0 or reserve(&found, 3 * n_wanted) < 0:
                    plain = False
                    break
                for k in range(3 * n_wanted):
                    found.items[found.size + k] = 0
                if not read_object(
                    data, start, end, &names[0], &bounds[0], n_wanted,
                    found.items + found.size,
                ):
                    plain = False
                    break
                found.size += 3 * n_wanted
            line += 1
            i = end + 1
    numbers, values = to_numpy(&lines), to_numpy(&found)
    return (numbers, values.reshape(-1, n_wanted, 3)) if plain else None


def gather_json(
    const uint8_t[::1] text, const int32_t[::1] starts, const int32_t[::1] ends,
    const uint8_t[::1] escaped,
):
    """Copy strings end to end, their escapes resolved; see ``gather_cells``."""
    cdef int64_t i, n = starts.shape[0], size = 0, place, last, stop
    cdef const uint8_t* data = &text[0] if text.shape[0] else NULL
    cdef uint8_t byte
    cdef uint8_t* out
    offsets = np.zeros(n + 1, np.int64)
    cdef int64_t[::1] bounds = offsets
    for i in range(n):
        size += ends[i] - starts[i]
    gathered = np.empty(max(size, 1), np.uint8)
    cdef uint8_t[::1] room = gathered
    out = &room[0]
    size = 0
    with nogil:
        for i in range(n):
            place, last = starts[i], ends[i]
            if not escaped[i]:
                if last > place:
                    memcpy(out + size, data + place, last - place)
                    size += last - place
            else:
                while place < last:
                    stop = find_byte(data, place, last, c'\\')
                    if stop < 0:
                        stop = last
                    memcpy(out + size, data + place, stop - place)
                    size += stop - place
                    place = stop
                    if place == last:
                        break
                    byte = data[place + 1]
                    if byte == c'n':
                        byte = c'\n'
                    elif byte == c't':
                        byte = c'\t'
                    elif byte == c'r':
                        byte = c'\r'
                    elif byte == c'b':
                        byte = 8
                    elif byte == c'f':
                        byte = 12
                    out[size] = byte
                    size += 1
                    place += 2
            bounds[i + 1] = size
    return gathered[:size], offsets
