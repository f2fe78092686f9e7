@testable import Telemetry
import Testing

@Suite("Reading of the process")
struct ProcessReadingTests {
    /// proc_pid_stat(5) with the field's number as its value, but for the name.
    private func line(name: String, fields: Int = 52) -> String {
        "1 (\(name)) R " + (4...max(fields, 4)).map(String.init).joined(separator: " ") + "\n"
    }

    @Test("fields are counted behind the program's name, whatever that is", arguments: ["fanfare", "a b", ") R 1 2 (", "((", ""])
    func fields(name: String) {
        let reading = ProcessReading(stat: line(name: name), ticksPerSecond: 10, pageSize: 4_096, bootTime: 1_000)
        #expect(reading?.processorSeconds == 2.9)
        #expect(reading?.startTime == 1_002.2)
        #expect(reading?.virtualBytes == 23)
        #expect(reading?.residentBytes == 24 * 4_096)
    }

    @Test("a line that is too short or none is no reading", arguments: ["", "1", "1 (a) R", "1 a R 4 5"])
    func short(text: String) {
        #expect(ProcessReading(stat: text, ticksPerSecond: 10, pageSize: 4_096, bootTime: 0) == nil)
        #expect(ProcessReading(stat: line(name: "a", fields: 23), ticksPerSecond: 10, pageSize: 4_096, bootTime: 0) == nil)
    }

    @Test("the boot time is a line of its own")
    func bootTime() {
        #expect(ProcessReading.bootTime("cpu 1 2\nintr 5 btime 6\nbtime 1700000000\nprocesses 3\n") == 1_700_000_000)
        #expect(ProcessReading.bootTime("cpu 1\n") == nil)
    }

    @Test("this process has memory, descriptors and a beginning")
    func this() throws {
        let reading = try #require(ProcessReading.take())
        #expect(reading.residentBytes > 1_000_000 && reading.virtualBytes > reading.residentBytes)
        #expect(reading.openDescriptors >= 3 && reading.openDescriptors <= reading.maximumDescriptors)
        #expect(reading.startTime > 1_500_000_000)
    }
}
