import Foundation

extension URL {
  /// The file or folder at a path as a user gives it to a program; every such path becomes a URL here.
  ///
  /// Foundation would take a tilde at the beginning for a home folder, but the shell has replaced those that stand for
  /// one: here it is a part of a name. Foundation would also remove ".." together with the name before it; here it
  /// leads to the parent of the folder that the name stands for, as for the system, even if that is a symbolic link.
  ///
  /// - Parameters:
  ///   - path: The path; it stays relative unless ".." follows a name in it.
  ///   - hint: Whether it is the path of a folder.
  package init(argument path: String, directoryHint hint: URL.DirectoryHint = .inferFromPath) {
    let path = withoutParents(path)
    self.init(filePath: path.hasPrefix("~") ? "./" + path : path, directoryHint: hint)
  }
}

/// Returns the same path without ".." after a name; an absolute path if there was one.
///
/// Symbolic links up to the last ".." are resolved. A name that does not exist yet is not that of a link, so that ".."
/// removes it.
private func withoutParents(_ path: String) -> String {
  let slash = UInt8(ascii: "/")
  let names = path.utf8.split(separator: slash).map { String(Substring($0)) }
  guard let last = names.lastIndex(of: ".."),
    names[..<last].contains(where: { ![".", ".."].contains($0) }),
    var resolved = realPath(path.utf8.first == slash ? "/" : ".")
  else { return path }
  for name in names[...last] {
    // The root, to which names are added with a slash, and which is its own parent.
    if resolved == "/" { resolved = "" }
    if name == ".." {
      resolved = String(resolved[..<(resolved.utf8.lastIndex(of: slash) ?? resolved.startIndex)])
    } else if name != "." {
      resolved += "/" + name
      resolved = realPath(resolved) ?? resolved
    }
  }
  let rest = names[(last + 1)...].map { "/" + $0 }.joined()
  return resolved + rest + (rest.isEmpty || path.utf8.last == slash ? "/" : "")
}

/// Returns the absolute path of what exists at `path`, without symbolic links; nil if that is nothing, or not in UTF-8.
private func realPath(_ path: String) -> String? {
  guard let resolved = unsafe realpath(path, nil) else { return nil }
  defer { unsafe free(resolved) }
  return unsafe String(validatingCString: resolved)
}
