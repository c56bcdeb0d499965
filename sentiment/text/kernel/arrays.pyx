# Arrays that grow, and how numpy takes them over.

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
