# A table of words: each distinct one is numbered once.

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
