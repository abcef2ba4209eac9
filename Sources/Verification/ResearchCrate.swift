import ChapterKit
import Datasets
import Files
import Foundation

/// An export of recorded runs as an RO-Crate 1.1 with the profile Workflow Run Crate 0.5: a folder with the
/// records, their files, the sources, and a description of all of them in JSON-LD.
///
/// https://w3id.org/ro/crate/1.1 and https://w3id.org/ro/wfrun/workflow/0.5
package struct ResearchCrate {
  /// The content of each file by its path in the crate.
  package private(set) var files: [String: Data] = [:]
  private let root: URL
  private let records: [RunRecord]
  private let lockedVersions: LockedVersions
  private let results: String

  /// Collects the crate's files without writing anything.
  ///
  /// - Parameters:
  ///   - root: The root of the repository.
  ///   - results: The directory of the records in it, such as "results".
  /// - Throws: An error in one line that names a file that is missing or damaged, or is not the recorded one.
  package init(root: URL, results: String) throws {
    (self.root, self.results) = (root, results)
    records = try Records(in: root.appending(path: results)).all
    lockedVersions = try LockedVersions.load(root: root)
    for path in Self.documents + (try Self.folders.flatMap(sources)) { try add(path) }
    for record in records { try add(filesOf: record) }
    try addTrainings()
    if try VerificationReport.load(from: root.appending(path: results)) != nil {
      try add("\(results)/\(VerificationReport.path)")
    }
    files[Self.description] = try JSON.encode(metadata, pretty: true) + Data("\n".utf8)
  }

  /// Writes the crate into `directory`, where it replaces another crate.
  ///
  /// - Throws: An error in one line if the directory has other files than those that the description of a crate lists
  ///   with their content, or cannot be written; ``Interruption`` if a signal has asked this process to end.
  package func write(to directory: URL) throws {
    if directory.isExistingDirectory, let foreign = try Self.foreignFile(in: directory) {
      throw Failure(
        "\(directory.shortPath): found \(foreign), expected an empty folder or a crate without changes, which would "
          + "be replaced; name another folder as OUT")
    }
    try StopSignals.ofProcess.writeFolder(at: directory, replacing: true) { partial, check in
      for (path, content) in files {
        try check()
        let file = partial.appending(path: path)
        try makeFolder(at: file.deletingLastPathComponent())
        try writeFile(content, to: file, durably: false)
      }
    }
  }

  /// The first file or folder in `directory` that does not belong to a crate there; nil if there is none.
  ///
  /// A file belongs to a crate if the crate's description lists it, and with the SHA-256 of its content, if with any.
  private static func foreignFile(in directory: URL) throws -> String? {
    let listed = try entities(in: directory)
    for name in try listFolder(at: directory) {
      let files = try listFiles(at: name, of: directory)
      // A folder without files.
      if files.isEmpty { return name }
      for path in files {
        guard let entity = listed[path] else { return path }
        if case .text(let sum)? = entity["sha256"],
          sha256Hex(try readFile(at: directory.appending(path: path))) != sum
        {
          return "another \(path) than its description lists"
        }
      }
    }
    return nil
  }

  /// The entities in the description of a crate in `directory`, by their paths; empty if there is no description, or
  /// the file does not describe a crate.
  private static func entities(in directory: URL) throws -> [String: Entity] {
    guard let json = try readFileIfPresent(at: directory.appending(path: description)),
      case .object(let crate)? = try? JSON.decode(JSONValue.self, from: json),
      case .array(let graph)? = crate["@graph"]
    else { return [:] }
    var entities: [String: Entity] = [:]
    for case .object(let entity) in graph {
      if case .text(let id)? = entity["@id"] { entities[id] = entity }
    }
    return entities[description] == nil ? [:] : entities
  }

  private static let description = "ro-crate-metadata.json"
  private static let documents = [
    "README.md", "LICENSE", "CITATION.cff", "codecheck.yml", "Makefile", "Package.swift",
    "environment.lock", "Containerfile",
  ]

  private mutating func add(_ path: String) throws {
    guard let content = try readFileIfPresent(at: root.appending(path: path)) else {
      throw Failure("\(path): found no such file, expected it in the crate")
    }
    files[path] = content
  }

  /// Adds a record and the files that it lists, apart from those that are not recorded.
  private mutating func add(filesOf record: RunRecord) throws {
    try add("\(results)/\(RunRecord.fileName(chapter: record.chapter))")
    for file in record.files {
      let path = "\(results)/\(file.path)"
      let exists = root.appending(path: path).isPresent
      guard exists || file.kind.isAlwaysRecorded else { continue }
      try add(path)
      guard sha256Hex(files[path]!) == file.sha256 else {
        throw Failure(
          "\(path): found a file that differs from its record, expected the recorded one")
      }
    }
  }

  /// Adds the recorded training runs, among them all from which a table was made.
  private mutating func addTrainings() throws {
    let folder = "\(results)/\(TrainingKey.directory)"
    let trainings = try RecordedTraining.all(in: root.appending(path: folder))
    for training in trainings { try add("\(folder)/\(training.file).json") }
    for record in records where RecordedTraining.tables.contains(record.chapter) {
      for stage in record.stages where !trainings.contains(where: { $0.name == stage.name }) {
        throw Failure(
          "\(folder)/\(fileNamePart(of: stage.name)).json: found no such file, expected the training run that "
            + "\(record.chapter.program).json names")
      }
    }
  }

  /// The folders of the sources, with which the programs can be built and tested.
  private static let folders = [
    "chapters", "Sources", "figures", "article", "scripts", "Tests", "Benchmarks", ".ci",
  ]

  /// The paths of the files of a folder of sources.
  private func sources(in folder: String) throws -> [String] {
    let found = try listFiles(at: folder, of: root, where: isSource)
    guard !found.isEmpty else {
      throw Failure("\(folder): found no files, expected the sources, which belong to the crate")
    }
    return found
  }

  /// Whether a file or folder in a folder of sources belongs to the crate.
  private func isSource(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    // Build products.
    if parts.last!.hasPrefix(".") || parts.last == "__pycache__" { return false }
    // The results of the user's own runs are beside the figures' scripts.
    guard parts.first == "figures" else { return true }
    return parts[1] == "article" || path.hasSuffix(".gp")
  }
}

// MARK: - Description

extension ResearchCrate {
  private typealias Entity = [String: JSONValue]

  private func reference(_ id: String) -> JSONValue { .object(["@id": .text(id)]) }

  /// References to several entities; a single one is not an array, as RO-Crate recommends.
  private func references(_ ids: [String]) -> JSONValue {
    ids.count == 1 ? reference(ids[0]) : .array(ids.map(reference))
  }

  private func entity(_ id: String, _ types: String..., with values: Entity) -> JSONValue {
    let type: JSONValue = types.count == 1 ? .text(types[0]) : .array(types.map { .text($0) })
    return .object(values.merging(["@id": .text(id), "@type": type]) { old, _ in old })
  }

  private var metadata: JSONValue {
    .object([
      "@context": .array([
        .text("https://w3id.org/ro/crate/1.1/context"),
        .object(["sha256": .text("https://w3id.org/ro/terms/workflow-run#sha256")]),
      ]),
      "@graph": .array(
        [descriptor, dataset] + profiles + people + software + files.keys.sorted().map(file)
          + records.flatMap(action) + data),
    ])
  }

  private var descriptor: JSONValue {
    entity(
      Self.description, "CreativeWork",
      with: [
        "about": reference("./"),
        "conformsTo": references([
          "https://w3id.org/ro/crate/1.1", "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
        ]),
      ])
  }

  private static let profiles = [
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
  ]

  private var profiles: [JSONValue] {
    Self.profiles.map { id, name, version in
      entity(id, "CreativeWork", with: ["name": .text(name), "version": .text(version)])
    }
  }

  private var dataset: JSONValue {
    let newest = records.map(\.date).max() ?? ""
    return entity(
      "./", "Dataset",
      with: [
        "name": .text("MixMatch, an article one can run: recorded runs"),
        "description": .text(
          "Records, figures and tables of the runs of a repetition of MixMatch, with the programs that made "
            + "them. No data set is contained; each run names the hash of its own."),
        "datePublished": .text(newest), "license": reference("LICENSE"),
        "author": references(["#maintainers"]), "mainEntity": reference("Makefile"),
        "conformsTo": references(Self.profiles.map { $0.0 }),
        "hasPart": references(files.keys.sorted()),
        "mentions": references(records.map(actionID)),
      ])
  }

  private var people: [JSONValue] {
    [
      entity(
        "#maintainers", "Organization",
        with: [
          "name": .text("The maintainers of \"MixMatch, an article one can run\""),
          "description": .text(
            "The authors of the programs; CITATION.cff names the works they rest on."),
        ])
    ]
  }

  private var software: [JSONValue] {
    let languages = [
      ("#make", "GNU Make", "https://www.gnu.org/software/make/"),
      ("#swift", "Swift", "https://www.swift.org"),
    ].map { id, name, url in
      entity(
        id, "ComputerLanguage",
        with: ["name": .text(name), "url": .text(url), "identifier": .text(url)])
    }
    return languages
      + lockedSoftware.map { name, version in
        entity(
          address(ofPackage: name), "SoftwareApplication",
          with: [
            "name": .text(name), "softwareVersion": .text(version),
            "url": .text(address(ofPackage: name)),
          ])
      }
  }

  private func address(ofPackage name: String) -> String {
    name == "swift" ? "https://www.swift.org/install" : "https://packages.debian.org/\(name)"
  }

  /// Swift and the packages of Debian with their locked versions.
  private var lockedSoftware: [(name: String, version: String)] {
    [(name: "swift", version: lockedVersions.swift)]
      + lockedVersions.packages.sorted { $0.key < $1.key }.map { (name: $0.key, version: $0.value) }
  }

  private func file(_ path: String) -> JSONValue {
    let content = files[path]!
    var values: Entity = [
      "name": .text(path), "contentSize": .text("\(content.count)"),
      "sha256": .text(sha256Hex(content)), "encodingFormat": .text(format(of: path)),
    ]
    if path == "Makefile" {
      values["name"] = .text("The commands of the article's chapters")
      values["programmingLanguage"] = reference("#make")
      values["license"] = reference("LICENSE")
      values["hasPart"] = references(files.keys.filter { $0.hasSuffix("/main.swift") }.sorted())
      values["softwareRequirements"] = references(
        lockedSoftware.map { address(ofPackage: $0.name) })
      return entity(path, "File", "SoftwareSourceCode", "ComputationalWorkflow", with: values)
    }
    if path == "README.md" { values["about"] = reference("./") }
    if path.hasSuffix(".swift") {
      values["programmingLanguage"] = reference("#swift")
      return entity(path, "File", "SoftwareSourceCode", with: values)
    }
    return entity(path, "File", with: values)
  }

  private func format(of path: String) -> String {
    switch URL(filePath: path).pathExtension {
    case "json": "application/json"
    case "md": "text/markdown"
    case "png": "image/png"
    case "svg": "image/svg+xml"
    case "tsv": "text/tab-separated-values"
    case "html": "text/html"
    case "yml", "cff": "application/yaml"
    default: "text/plain"
    }
  }

  // MARK: Runs

  private func actionID(_ record: RunRecord) -> String { "#run-\(record.chapter.program)" }

  /// A run as an action, with its parameters and metrics.
  private func action(_ record: RunRecord) -> [JSONValue] {
    let program = record.chapter.program
    let parameters = record.commandSettings
    let parameterIDs = parameters.map { "#\(program)-\($0.name)" }
    let inputs = record.dataset.map { [dataID($0)] } ?? []
    let made = [RunRecord.fileName(chapter: record.chapter)] + record.files.map(\.path)
    let results = made.map { "\(self.results)/\($0)" }.filter { files[$0] != nil }
    let metrics = record.metrics.sorted { $0.key < $1.key }
    let run = entity(
      actionID(record), "CreateAction",
      with: [
        "name": .text("\(program): \(record.title)"),
        "description": .text("\(record.command) · \(record.stamp)"),
        "instrument": reference("Makefile"), "agent": reference("#maintainers"),
        "endTime": .text(record.date), "object": references(inputs + parameterIDs),
        "actionStatus": .text("http://schema.org/CompletedActionStatus"),
        "result": references(results + metrics.map { "#\(program)-metric-\($0.key)" }),
      ])
    return [run]
      + zip(parameterIDs, parameters).map { id, parameter in
        entity(
          id, "PropertyValue",
          with: ["name": .text(parameter.name), "value": .text(parameter.value)])
      }
      + metrics.map { name, metric in
        entity(
          "#\(program)-metric-\(name)", "PropertyValue",
          with: ["name": .text("\(program) \(name)"), "value": .number(metric.mean)])
      }
  }

  private func dataID(_ data: DatasetIdentity) -> String { "#data-\(data.sha256.prefix(16))" }

  private var data: [JSONValue] {
    let all = Dictionary(records.compactMap(\.dataset).map { ($0.sha256, $0) }) { first, _ in first
    }
    return all.values.sorted { $0.sha256 < $1.sha256 }.map { data in
      entity(
        dataID(data), "CreativeWork",
        with: ["name": .text(data.name), "identifier": .text("sha256:\(data.sha256)")])
    }
  }
}
