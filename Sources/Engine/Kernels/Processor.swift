import CProcessor

/// What the compiler assumes of the processor, by its flags -march and -mcpu.
enum Processor {
  /// Whether there are 32 vector registers of 512 bits, as AVX-512 has them.
  static var hasWideVectors: Bool { PROCESSOR_VECTOR_BITS == 512 }
}
