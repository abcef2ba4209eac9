/* What the compiler may assume of the processor, as constants that Swift can branch on: Swift's #if
   does not know instruction sets, the C preprocessor does. They follow -march and -mcpu. */

/* The width of the widest floating-point vector registers, in bits. -DASSUME_WIDE_VECTORS is for
   comparing the results of code for wide vectors on a processor that has none. */
#if defined(__AVX512F__) || defined(ASSUME_WIDE_VECTORS)
#define PROCESSOR_VECTOR_BITS 512
#elif defined(__AVX__)
#define PROCESSOR_VECTOR_BITS 256
#else
#define PROCESSOR_VECTOR_BITS 128
#endif
