import Engine
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What this process has needed of the system's memory so far.
struct MemoryUse {
  /// The most that was in use at once, in bytes.
  let peak: Int
  /// Pages that the system had to hand out.
  let pages: Int
  /// Buffers that the engine's pool did not have.
  let buffers: Int

  static var soFar: MemoryUse {
    // Linux counts in KiB, and imports its constant as an enumeration.
    #if canImport(Glibc)
      let (thisProcess, unit) = (__rusage_who_t(RUSAGE_SELF.rawValue), 1024)
    #else
      let (thisProcess, unit) = (RUSAGE_SELF, 1)
    #endif
    var usage = rusage()
    getrusage(thisProcess, &usage)
    return MemoryUse(
      peak: usage.ru_maxrss * unit, pages: usage.ru_minflt, buffers: Buffer.allocations)
  }
}

/// What a training step still asks of the system after the first few: nothing, if the pool does its
/// work.
let steadyStateMemory = Benchmark(
  name: "memory",
  quantities: [
    Quantity(
      metric: "stepBufferAllocations", title: "training step, batch 64: buffers allocated",
      unit: "a step"),
    Quantity(
      metric: "stepPageFaults", title: "training step, batch 64: pages from the system",
      unit: "a step"),
    Quantity(
      metric: "stepPeakGrowthBytes", title: "training step, batch 64: growth of peak memory",
      unit: "bytes", decimals: 0),
  ]
) { _ in
  let training = WideResNetTraining(batch: 64)
  for _ in 0..<4 { training.step() }
  return {
    let steps = 4
    let before = MemoryUse.soFar
    for _ in 0..<steps { training.step() }
    let after = MemoryUse.soFar
    return [
      Double(after.buffers - before.buffers) / Double(steps),
      Double(after.pages - before.pages) / Double(steps),
      Double(after.peak - before.peak) / Double(steps),
    ]
  }
}
