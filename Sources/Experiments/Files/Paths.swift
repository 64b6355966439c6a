import Foundation

/// The folder of a file: everything before the last `/`, or an empty string.
func directory(of path: String) -> String {
  path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
}

/// A path within a folder, without `.` and inner `..`; an absolute path stays itself.
func joined(_ folder: String, _ path: String) -> String {
  if path.hasPrefix("/") || folder.isEmpty { return normalized(path) }
  return normalized(folder + "/" + path)
}

/// A path without empty parts, `.` and inner `..`.
func normalized(_ path: String) -> String {
  var parts: [Substring] = []
  for part in path.split(separator: "/") where part != "." {
    if part == "..", let last = parts.last, last != ".." {
      parts.removeLast()
    } else if part != ".." || !path.hasPrefix("/") {
      parts.append(part)
    }
  }
  return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
}

/// Whether something is a regular file, links followed.
func isRegularFile(_ path: String) -> Bool {
  let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  let attributes = try? FileManager.default.attributesOfItem(atPath: real)
  return attributes?[.type] as? FileAttributeType == .typeRegular
}

/// Whether a file is in one of some folders, links followed.
func isInside(_ path: String, _ folders: [String]) -> Bool {
  func real(_ path: String) -> String {
    URL(fileURLWithPath: path.isEmpty ? "." : path).standardizedFileURL.resolvingSymlinksInPath()
      .path
  }
  let file = real(path)
  return folders.contains { file.hasPrefix(real($0) + "/") }
}
