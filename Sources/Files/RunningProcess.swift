import Foundation

/// Whether a process with this identifier runs on this host, of any user.
///
/// - Parameter identifier: The identifier; there is no process with one below 1.
package func isProcessRunning(_ identifier: Int32) -> Bool {
  // A process of another user may not be sent a signal, but it exists.
  identifier > 0 && (kill(identifier, 0) == 0 || errno == EPERM)
}
