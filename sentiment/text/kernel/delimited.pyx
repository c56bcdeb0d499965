# Cut CSV and TSV into records and cells: what the readers of files ask for.

cdef enum:
    GOOD = 0
    UNCLOSED = 1  # a quote is opened and never closed
    TEXT_BEHIND = 2  # text follows a closing quote
    OTHER_WIDTH = 3  # more or fewer cells than the header
    SPANS = 4  # no fault: a cell holds a delimiter and a line end


cdef inline int64_t find_byte(
    const uint8_t* data, int64_t first, int64_t last, uint8_t byte
) noexcept nogil:
    """Return where a byte stands next, or -1."""
    cdef const uint8_t* found
    if first >= last:
        return -1
    found = <const uint8_t*>memchr(data + first, byte, last - first)
    return -1 if found == NULL else found - data


cdef int64_t count_byte(
    const uint8_t* data, int64_t first, int64_t last, uint8_t byte
) noexcept nogil:
    cdef int64_t n = 0, place = find_byte(data, first, last, byte)
    while place >= 0:
        n += 1
        place = find_byte(data, place + 1, last, byte)
    return n


def scan_delimited(
    const uint8_t[::1] text, uint8_t delimiter, uint8_t quote, uint8_t line_end,
    int64_t width, bint final,
):
    """Find the records of a text that begins with one, and their cells.

    See ``sentiment.text._reference.scan_delimited``.
    """
    cdef const uint8_t* data = &text[0] if text.shape[0] else NULL
    cdef int64_t n = text.shape[0], i = 0, start, first, last, end, line = 0
    cdef int64_t n_cells, n_before
    cdef int32_t doubled, mark
    cdef bint quoted, complete = True, failed = False
    cdef Ints starts = Ints(NULL, 0, 0), ends = Ints(NULL, 0, 0)
    cdef Ints doubles = Ints(NULL, 0, 0), records = Ints(NULL, 0, 0)
    if n >= 2**31:
        raise OverflowError
    with nogil:
        while i < n:
            start, n_before, n_cells = i, starts.size, 0
            mark, quoted = GOOD, False
            while True:
                doubled = 0
                if quote and i < n and data[i] == quote:
                    quoted = True
                    i += 1
                    first = i
                    while True:
                        i = find_byte(data, i, n, quote)
                        if i < 0 or (i + 1 == n and not final):
                            complete = final
                            mark = UNCLOSED
                            break
                        if i + 1 < n and data[i + 1] == quote:
                            doubled = 1
                            i += 2
                            continue
                        break
                    if mark == UNCLOSED:
                        break
                    last = i
                    i += 1
                    end = i
                    while end < n and data[end] == 13 and line_end == 10:
                        end += 1
                    if end == n and not final:
                        complete = False
                        break
                    if end < n and data[end] != line_end and (
                        end > i or data[i] != delimiter
                    ):
                        mark = TEXT_BEHIND
                        break
                    if (
                        delimiter == 9
                        and find_byte(data, first, last, delimiter) >= 0
                        and find_byte(data, first, last, line_end) >= 0
                    ):
                        mark = SPANS
                    if end == n or data[end] == line_end:
                        i = end
                else:
                    first = i
                    while i < n and data[i] != delimiter and data[i] != line_end:
                        i += 1
                    if i == n and not final:
                        complete = False
                        break
                    last = i
                    if i < n and data[i] == line_end and line_end == 10:
                        while last > first and data[last - 1] == 13:
                            last -= 1
                n_cells += 1
                if (
                    push(&starts, <int32_t>first) < 0
                    or push(&ends, <int32_t>last) < 0
                    or push(&doubles, doubled) < 0
                ):
                    failed = True
                    break
                if i == n or data[i] == line_end:
                    i += 1
                    break
                i += 1  # the delimiter
            if failed:
                break
            if not complete:
                starts.size = ends.size = doubles.size = n_before
                i = start
                break
            if (mark == GOOD or mark == SPANS) and not quoted and (
                n_cells == 1 and starts.items[n_before] == ends.items[n_before]
                and width != 1
            ):
                # A blank line.
                starts.size = ends.size = doubles.size = n_before
                line += 1
                continue
            if (mark == GOOD or mark == SPANS) and width and n_cells != width:
                mark = OTHER_WIDTH
            if mark != GOOD and mark != SPANS:
                starts.size = ends.size = doubles.size = n_before
                i = find_byte(data, start, n, line_end) + 1
                if i == 0:
                    i = n if final else start
                    if not final:
                        break
            if reserve(&records, 4) < 0:
                failed = True
                break
            records.items[records.size] = <int32_t>start
            records.items[records.size + 1] = <int32_t>line
            records.items[records.size + 2] = <int32_t>n_cells
            records.items[records.size + 3] = mark
            records.size += 4
            line += count_byte(data, start, min(i, n), line_end) if quoted else 1
            if not width:
                break  # the header says how wide the others are
    cells = [to_numpy(&starts), to_numpy(&ends), to_numpy(&doubles)]
    found = to_numpy(&records).reshape(-1, 4)
    if failed:
        raise MemoryError
    return min(i, n), line, found, cells


def gather_cells(
    const uint8_t[::1] text, const int32_t[::1] starts, const int32_t[::1] ends,
    const int32_t[::1] doubles, uint8_t quote,
):
    """Copy cells end to end, each doubled quote as one.

    Returns
    -------
    data : ndarray of uint8
    offsets : ndarray of int64 of shape (n_cells + 1,)
    """
    cdef int64_t i, n = starts.shape[0], size = 0, place, first, last
    cdef uint8_t* out
    cdef const uint8_t* data = &text[0] if text.shape[0] else NULL
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
            first, last = starts[i], ends[i]
            while doubles[i]:
                place = find_byte(data, first, last, quote)
                if place < 0:
                    break
                memcpy(out + size, data + first, place + 1 - first)
                size += place + 1 - first
                first = place + 2
            if last > first:
                memcpy(out + size, data + first, last - first)
                size += last - first
            bounds[i + 1] = size
    return gathered[:size], offsets
