# Count the n-grams of a corpus: what fit asks for.

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
