import Synchronization

#if THREAD_SANITIZER
  import Foundation

  /// A value that only one thread at a time can access, for builds with -D THREAD_SANITIZER.
  ///
  /// The thread sanitizer does not see the system calls of `Mutex` and reports races where there are
  /// none; it does see pthread mutexes.
  ///
  /// `@unchecked Sendable`: the value is accessed only while the mutex is locked.
  package final class Lock<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    /// Creates a lock that protects `value`.
    package init(_ value: sending Value) {
      self.value = value
      pthread_mutex_init(mutex, nil)
    }

    deinit {
      pthread_mutex_destroy(mutex)
      mutex.deallocate()
    }

    /// Runs `body` with exclusive access to the value.
    package func withLock<Result>(
      _ body: (inout sending Value) throws -> sending Result
    ) rethrows -> sending Result {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return try body(&value)
    }
  }
#else
  /// A value that only one thread at a time can access.
  package typealias Lock = Mutex
#endif
