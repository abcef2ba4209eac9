import Engine
import Testing

@Suite struct ProcessorTests {
  /// One line that says what is slow and how to compile instead.
  @Test func warningNamesTheFlag() throws {
    #expect(Processor.warning(hasFusedMultiplyAdd: true) == nil)
    let line = try #require(Processor.warning(hasFusedMultiplyAdd: false))
    #expect(line.hasSuffix("\n") && line.split(separator: "\n").count == 1)
    #expect(line.contains("fused multiply-add") && line.contains("-Xcc -march=native"))
  }
}
