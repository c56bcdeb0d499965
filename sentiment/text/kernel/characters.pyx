# What Python says of a code point, and UTF-8.

# The class of a code point, as bits.
cdef enum:
    WORD = 1  # \w
    SPACELESS = 2  # of a script written without spaces
    MARK = 4  # combining mark, category M
    SYMBOL = 8  # a token of its own with punctuation="all"
    SPACE = 16  # \s

cdef enum:
    N_CLASSES = 0x40000
    N_LOWER = 0x1F000  # no letter behind has two cases
    N_RANGES = 32
    N_QUOTES = 32
cdef uint8_t CLASSES[N_CLASSES]
cdef uint32_t LOWER_OF[N_LOWER]
# Behind the table stand no letters: only marks (variation selectors), and invisible
# characters (tags). Ranges of them: first, last, class.
cdef uint32_t LATE[N_RANGES][3]
cdef int n_late = 0
# Curly quotes, and the straight one for each.
cdef uint32_t CURLY[N_QUOTES]
cdef uint8_t STRAIGHT[N_QUOTES]
cdef int n_quotes = 0


def prepare(
    const uint8_t[::1] classes, const uint32_t[::1] lower, late, quotes
):
    """Take over the tables that ``sentiment.text._rules`` makes of Python's own.

    Parameters
    ----------
    classes : ndarray of uint8 of shape (0x40000,)
        The class of each code point.
    lower : ndarray of uint32 of shape (0x1F000,)
        The lower case of each code point.
    late : list of (first, last, class)
        Ranges behind ``classes``.
    quotes : dict of int to str
        The straight quote for each curly one.
    """
    global n_late, n_quotes
    if classes.shape[0] != N_CLASSES or lower.shape[0] != N_LOWER:
        raise ValueError("the tables of characters have another size")
    if len(late) > N_RANGES or len(quotes) > N_QUOTES:
        raise Declined("more ranges or quotes than this engine has room for")
    memcpy(CLASSES, &classes[0], N_CLASSES)
    memcpy(LOWER_OF, &lower[0], N_LOWER * sizeof(uint32_t))
    for n_late, (first, last, kind) in enumerate(late):
        LATE[n_late][0], LATE[n_late][1], LATE[n_late][2] = first, last, kind
    n_late = len(late)
    for n_quotes, (curly, straight) in enumerate(quotes.items()):
        CURLY[n_quotes], STRAIGHT[n_quotes] = curly, ord(straight)
    n_quotes = len(quotes)


cdef inline uint8_t class_of(uint32_t point) noexcept nogil:
    cdef int i
    if point < N_CLASSES:
        return CLASSES[point]
    for i in range(n_late):
        if LATE[i][0] <= point <= LATE[i][1]:
            return <uint8_t>LATE[i][2]
    return SYMBOL


cdef inline uint32_t lower_of(uint32_t point) noexcept nogil:
    return LOWER_OF[point] if point < N_LOWER else point


cdef inline uint8_t straight(uint32_t point) noexcept nogil:
    """Return the straight quote for a curly one, or 0."""
    cdef int i
    for i in range(n_quotes):
        if CURLY[i] == point:
            return STRAIGHT[i]
    return 0


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
