# WordTokenizer: cut text into tokens.

cdef enum:
    N_KINDS = 32  # sets of the bits of a class

cdef struct Rules:
    # By class of a character: begins a word, continues one, is a token with the marks
    # behind it, is a token.
    uint8_t letter[N_KINDS]
    uint8_t inner[N_KINDS]
    uint8_t alone[N_KINDS]
    uint8_t symbol[N_KINDS]
    uint8_t ascii_letter[ASCII_END]
    bint apostrophes
    int64_t min_length


cdef Rules make_rules(bint plain, bint apostrophes, bint symbols, int64_t min_length):
    cdef Rules rules
    cdef int c
    for c in range(N_KINDS):
        rules.letter[c] = (c & WORD) != 0 and (plain or not c & SPACELESS)
        rules.inner[c] = rules.letter[c] or (not plain and (c & MARK) != 0)
        rules.alone[c] = not plain and (c & WORD) != 0 and (c & SPACELESS) != 0
        rules.symbol[c] = symbols and (c & SYMBOL) != 0
    for c in range(ASCII_END):
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
        if text[i] < ASCII_END:
            if rules.ascii_letter[text[i]]:
                i += 1
                n += 1
                continue
            if text[i] != c'\'' or not rules.apostrophes or i + 1 >= size:
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
        if text[i] < ASCII_END:
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
            while i < size and text[i] >= ASCII_END:
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
