// Counts the allocations of a process, and says on request where they come from. Preloaded (LD_PRELOAD) into the server under test.
//
// The counter lives in the file that COUNT_MALLOCS_FILE names, which the test maps as well; nothing is printed. A `realloc` counts as an
// allocation, as it may move. For glibc, whose own names of the functions need no look-up (`dlsym` allocates).
//
// cc -O2 -shared -fPIC -o count_mallocs.so count_mallocs.c

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define FRAMES 62
#define TRACES 4096

struct trace {
    uint64_t size;
    uint64_t depth;
    // Return addresses, the allocating function's caller first.
    uint64_t frames[FRAMES];
};

// The layout of the file: test_allocations.py reads it.
struct page {
    _Atomic uint64_t allocations;
    // Traces that are still to be taken; the test writes it.
    _Atomic int64_t wanted;
    _Atomic uint64_t taken;
    uint64_t reserved[5];
    struct trace traces[TRACES];
};

static struct page *page;
static __thread int is_tracing __attribute__((tls_model("initial-exec")));

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("COUNT_MALLOCS_FILE");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    // The first backtrace loads the unwinder, which allocates.
    void *frames[4];
    backtrace(frames, 4);
    void *mapped = ftruncate(file, sizeof(struct page)) == 0
        ? mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    close(file);
    if (mapped != MAP_FAILED) page = mapped;
}

static __attribute__((noinline)) void trace(size_t size) {
    if (is_tracing || atomic_fetch_sub(&page->wanted, 1) <= 0) return;
    is_tracing = 1;
    uint64_t index = atomic_fetch_add(&page->taken, 1);
    if (index < TRACES) {
        void *frames[FRAMES + 2];
        int depth = backtrace(frames, FRAMES + 2);
        struct trace *trace = &page->traces[index];
        // Without this function and the one that counts.
        for (int frame = 2; frame < depth; frame++) trace->frames[frame - 2] = (uint64_t)(uintptr_t)frames[frame];
        trace->size = size;
        trace->depth = depth > 2 ? (uint64_t)depth - 2 : 0;
    }
    is_tracing = 0;
}

#define COUNT(size)                                                                          \
    do {                                                                                     \
        if (page) {                                                                          \
            atomic_fetch_add_explicit(&page->allocations, 1, memory_order_relaxed);          \
            if (atomic_load_explicit(&page->wanted, memory_order_relaxed) > 0) trace(size);  \
        }                                                                                    \
    } while (0)

void *malloc(size_t size) {
    COUNT(size);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    COUNT(count * size);
    return __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size) {
    COUNT(size);
    return __libc_realloc(pointer, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    COUNT(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    COUNT(size);
    void *allocated = __libc_memalign(alignment, size);
    if (allocated == NULL) return ENOMEM;
    *result = allocated;
    return 0;
}
