# TextCleaner, from UTF-8 to UTF-8.

# The parameters of TextCleaner, as bits.
cdef enum:
    HTML = 1
    NORMALISE = 2  # to NFC
    QUOTES = 4
    URLS = 8
    LOWER = 16

cdef enum:
    CASE = 0x20  # the bit in which "a" differs from "A"
    ASCII_END = 0x80
    DOTTED_I = 0x130
    LONG_S = 0x17F
    FIRST_ACCENT = 0x300
    LAST_ACCENT = 0x36F
    SIGMA = 0x3A3
    FIRST_DASH = 0x2010
    WORD_JOINER = 0x2060

OPTIONS = {
    "html": HTML, "form": NORMALISE, "straighten_quotes": QUOTES,
    "urls": URLS, "lowercase": LOWER,
}  # fmt: skip


cdef inline bint is_ascii_letter(uint8_t c) noexcept nogil:
    return c'a' <= (c | CASE) <= c'z'


cdef inline int64_t tag_end(
    const uint8_t* text, int64_t i, int64_t size
) noexcept nogil:
    """Return the place behind the tag that begins at i, or 0 if none does."""
    cdef int64_t j = i + 1
    if j < size and text[j] == c'/':
        j += 1
        if j >= size or not is_ascii_letter(text[j]):
            return 0
    elif j + 2 < size and text[j] == c'!':
        if text[j + 1] != c'-' or text[j + 2] != c'-':
            return 0
        j += 2
    elif j >= size or not is_ascii_letter(text[j]):
        return 0
    j += 1
    while j < size and text[j] != c'<' and text[j] != c'>':
        j += 1
    return j + 1 if j < size and text[j] == c'>' else 0


cdef inline bint is_bare_ampersand(
    const uint8_t* text, int64_t i, int64_t size
) noexcept nogil:
    """Say whether what follows an "&" cannot be an entity."""
    if i + 1 >= size:
        return True
    return text[i + 1] in (c'\t', c'\n', c'\f', c' ', c'&', c';', c'<')


cdef inline int64_t link_body(
    const uint8_t* text, int64_t i, int64_t size
) noexcept nogil:
    """Return the place behind "http://", "https://" or "www." at i, or 0."""
    cdef int64_t j
    if (text[i] | CASE) == c'h' and size - i > 7:
        if (
            (text[i + 1] | CASE) == c't'
            and (text[i + 2] | CASE) == c't'
            and (text[i + 3] | CASE) == c'p'
        ):
            j = i + 5 if (text[i + 4] | CASE) == c's' else i + 4
            if size - j > 3 and text[j] == c':' and text[j + 1] == text[j + 2] == c'/':
                return j + 3
    elif (text[i] | CASE) == c'w' and size - i > 4:
        if (
            (text[i + 1] | CASE) == c'w'
            and (text[i + 2] | CASE) == c'w'
            and text[i + 3] == c'.'
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
            or point == c'"'
            or point == c'<'
            or point == c'>'
            or class_of(point) & SPACE
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
    return FIRST_ACCENT <= point <= LAST_ACCENT or (class_of(point) & WORD) != 0


cdef int64_t strip_urls(uint8_t* text, int64_t size) noexcept nogil:
    """Replace each link by a space, in place; return the new size."""
    cdef int64_t i = 0, written = 0, end
    while i < size:
        end = link_end(text, i, size)
        # "Awww...so cute" holds no link. What stands before i is still as it was: at
        # most the characters before it have been moved to the left.
        if end and text[i] | CASE == c'w' and is_inside_word(text, i):
            end = 0
        text[written] = c' ' if end else text[i]
        written += 1
        i = end if end else i + 1
    return written


cdef inline bint is_composed(uint32_t point) noexcept nogil:
    """Say whether the normal form NFC leaves this character alone anywhere."""
    return point < FIRST_ACCENT or FIRST_DASH <= point < WORD_JOINER


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
    if options & URLS and point == LONG_S:
        return 0
    if options & LOWER:
        if point == DOTTED_I or point == SIGMA:
            return 0
        point = lower_of(point)
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
        has_byte(block, c'<')
        | has_byte(block, c'&')
        | has_byte(block, c'`')
        | has_byte(block, c'.')
        | has_byte(block, c':')
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
        if c >= ASCII_END:
            step = clean_character(text + i, size - i, options, out + written, &added)
            if not step:
                return -1
            written += added
            i += step
            continue
        if c == c'<' and options & HTML:
            end = tag_end(text, i, size)
            if end:
                out[written] = c' '
                written += 1
                i = end
                continue
        elif c == c'&' and options & HTML and not is_bare_ampersand(text, i, size):
            return -1
        if c == c'`' and options & QUOTES:
            c = c'\''
        elif c'A' <= c <= c'Z' and options & LOWER:
            c |= CASE
        elif c == c':' or (c == c'.' and written and out[written - 1] | CASE == c'w'):
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
