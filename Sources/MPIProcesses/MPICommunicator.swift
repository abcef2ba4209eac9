import CMPI
import Engine
import Foundation

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
    let code = cmpi_start(&rank, &count)
    guard code == 0 else { throw MPIError(code: code) }
    (self.rank, self.count) = (Int(rank), Int(count))
  }

  /// Sends bytes to another process and receives bytes from it.
  public func exchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int
  ) {
    let code = cmpi_exchange(
      sent.baseAddress, Int32(sent.count), received.baseAddress, Int32(received.count),
      Int32(partner))
    guard code == 0 else {
      let line = "rank \(rank): the exchange with rank \(partner) failed: \(MPIError(code: code))\n"
      FileHandle.standardError.write(Data(line.utf8))
      cmpi_abort()
      fatalError(line)
    }
  }

  /// Waits for all processes, and ends MPI; no exchange follows.
  public func finish() { cmpi_finish() }
}

/// An error of MPI, with its own words.
public struct MPIError: Error, CustomStringConvertible {
  /// The text of the error.
  public let description: String

  init(code: Int32) {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING) + 1)
    cmpi_describe(code, &text)
    description = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
  }
}
