/// The files of a data set that a directory holds.
public enum DatasetPresence: Sendable {
  /// All files.
  case complete
  /// Traces of a download: a partial file, an archive or an empty folder, with or without some of the files.
  case interrupted
  /// Some of the files, and no trace of a download.
  case incomplete
  /// No file.
  case absent
}
