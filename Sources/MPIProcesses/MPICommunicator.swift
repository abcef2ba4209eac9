import CMPI
import Engine
import Files

/// The processes that mpirun has started together, with MPI.
///
/// All calls come from one thread. An exchange that fails ends all processes, because they can no longer agree.
public final class MPICommunicator: Communicator {
  /// The number of this process, from 0.
  public let rank: Int
  /// The number of processes.
  public let count: Int

  /// Starts MPI.
  ///
  /// - Throws: ``MPIError``.
  public init() throws {
    var (rank, count): (Int32, Int32) = (0, 0)
    let code = unsafe cmpi_start(&rank, &count)
    guard code == 0 else { throw MPIError(code: code) }
    (self.rank, self.count) = (Int(rank), Int(count))
  }

  /// Sends bytes to another process and receives bytes from it.
  public func exchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int
  ) {
    let code = unsafe cmpi_exchange(
      sent.baseAddress, byteCount(sent.count), received.baseAddress, byteCount(received.count),
      Int32(partner))
    endAll(unless: code, with: partner)
  }

  /// Begins an exchange that goes on beside others; MPI continues it in each of its calls.
  public func beginExchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int,
    tag: Int
  ) -> any PendingExchange {
    let pending = PendingMPIExchange(self, partner)
    unsafe endAll(
      unless: cmpi_begin(
        sent.baseAddress, byteCount(sent.count), received.baseAddress, byteCount(received.count),
        Int32(partner), Int32(tag), &pending.requests),
      with: partner)
    return pending
  }

  /// Ends all processes unless `code` is that of success.
  fileprivate func endAll(unless code: Int32, with partner: Int) {
    guard code != 0 else { return }
    let line = "rank \(rank): the exchange with rank \(partner) failed: \(MPIError(code: code))\n"
    writeToStandardError(line)
    cmpi_abort()
    fatalError("MPI_Abort returned.")
  }

  /// Waits for all processes, and ends MPI; no exchange follows.
  public func finish() { cmpi_finish() }
}

/// A number of bytes as MPI takes it, in 32 bits.
private func byteCount(_ count: Int) -> Int32 {
  require(
    count <= Int(Int32.max), "MPI exchanges at most \(Int32.max) bytes at a time, not \(count).")
  return Int32(count)
}

/// An exchange that has begun.
private final class PendingMPIExchange: PendingExchange {
  fileprivate var requests = cmpi_pending()
  private let communicator: MPICommunicator
  private let partner: Int

  init(_ communicator: MPICommunicator, _ partner: Int) {
    (self.communicator, self.partner) = (communicator, partner)
  }

  var isComplete: Bool {
    var result: Int32 = 0
    unsafe communicator.endAll(unless: cmpi_test(&requests, &result), with: partner)
    return result != 0
  }

  func wait() { unsafe communicator.endAll(unless: cmpi_wait(&requests), with: partner) }
}

/// An error of MPI, with its own words.
public struct MPIError: Error, CustomStringConvertible {
  /// The text of the error.
  public let description: String

  init(code: Int32) {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING) + 1)
    unsafe cmpi_describe(code, &text)
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    description = String(decoding: bytes, as: UTF8.self)
  }
}
