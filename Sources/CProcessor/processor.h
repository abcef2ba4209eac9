/* Properties of the processor that the code is compiled for, as constants that Swift can branch on:
   the C preprocessor knows the instruction sets, Swift's #if does not. They follow -march and -mcpu.
   Besides, functions for prefetch instructions, which Swift lacks. */

/* Whether there are vector registers of 512 bits. -DASSUME_WIDE_VECTORS compiles the code for them on a
   processor without them, to compare results. */
#if defined(__AVX512F__) || defined(ASSUME_WIDE_VECTORS)
#define PROCESSOR_HAS_WIDE_VECTORS 1
#else
#define PROCESSOR_HAS_WIDE_VECTORS 0
#endif

/* Whether there are fused multiply-add instructions. Without them each one is a slow function call. */
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define PROCESSOR_HAS_FMA 1
#else
#define PROCESSOR_HAS_FMA 0
#endif

/* Starts to load the cache lines of `bytes` bytes from `start` on, without waiting for them. It has no
   effect but on the time of later accesses. */
static inline void processor_prefetch(const void *start, long bytes) {
  for (long byte = 0; byte < bytes; byte += 64) __builtin_prefetch((const char *)start + byte, 0, 2);
}

/* As processor_prefetch, for memory that will be written. */
static inline void processor_prefetch_for_writing(const void *start, long bytes) {
  for (long byte = 0; byte < bytes; byte += 64) __builtin_prefetch((const char *)start + byte, 1, 2);
}
