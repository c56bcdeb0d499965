# Count the n-grams of a vocabulary: what transform asks for.

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
