import Engine
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The memory use of this process so far.
struct MemoryUse {
  /// The peak resident size in bytes.
  let peak: Int
  /// The number of page faults.
  let pages: Int
  /// The number of storages that the engine's pool had to allocate.
  let allocations: Int

  static var soFar: MemoryUse {
    // Linux counts in KiB, and Swift imports its constant as an enumeration.
    #if canImport(Glibc)
      let (thisProcess, unit) = (__rusage_who_t(RUSAGE_SELF.rawValue), 1024)
    #else
      let (thisProcess, unit) = (RUSAGE_SELF, 1)
    #endif
    var usage = rusage()
    unsafe getrusage(thisProcess, &usage)
    return MemoryUse(
      peak: usage.ru_maxrss * unit, pages: usage.ru_minflt, allocations: Storage.allocations)
  }
}

/// The memory that a training step requests from the system after the first steps: none if the storage
/// pool works.
let steadyStateMemory = Benchmark(
  name: "memory",
  quantities: [
    Quantity(
      metric: "stepStorageAllocations", title: "training step, batch 64: storage allocations",
      unit: "per step"),
    Quantity(
      metric: "stepPageFaults", title: "training step, batch 64: page faults",
      unit: "per step"),
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
      Double(after.allocations - before.allocations) / Double(steps),
      Double(after.pages - before.pages) / Double(steps),
      Double(after.peak - before.peak) / Double(steps),
    ]
  }
}
