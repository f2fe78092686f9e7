import Glibc

/// What the system says of this process: the figures that all exporters for Prometheus give under the same names.
package struct ProcessReading: Sendable, Equatable {
    package var processorSeconds = 0.0
    package var residentBytes = 0
    package var virtualBytes = 0
    /// Seconds since 1970.
    package var startTime = 0.0
    package var openDescriptors = 0
    package var maximumDescriptors = 0

    package init() {}

    /// Reads /proc. Not to be called on an event loop: on older kernels each open descriptor costs a step.
    /// - Returns: nil where there is no /proc.
    package static func take() -> ProcessReading? {
        let ticks = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        guard let stat = Self.text(of: "/proc/self/stat"), let boot = Self.text(of: "/proc/stat").flatMap(Self.bootTime),
            var reading = ProcessReading(stat: stat, ticksPerSecond: ticks, pageSize: sysconf(Int32(_SC_PAGESIZE)), bootTime: boot)
        else { return nil }
        // To the nanosecond: what /proc says in ticks of 10 ms is zero for a server that has just begun.
        var used = timespec()
        if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 {
            reading.processorSeconds = Double(used.tv_sec) + Double(used.tv_nsec) / 1e9
        }
        reading.openDescriptors = Self.countDescriptors()
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            reading.maximumDescriptors = Int(clamping: limit.rlim_cur)
        }
        return reading
    }

    /// - Parameters:
    ///   - stat: of `/proc/<pid>/stat` (proc_pid_stat(5)).
    ///   - bootTime: seconds since 1970.
    init?(stat: String, ticksPerSecond: Double, pageSize: Int, bootTime: Double) {
        // The second field is the program's name in parentheses, which may hold anything.
        guard let nameEnd = stat.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat.utf8[stat.utf8.index(after: nameEnd)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        // The first of these is field 3.
        func field(_ number: Int) -> Int? { fields.count > number - 3 ? Int(String(decoding: fields[number - 3], as: UTF8.self)) : nil }
        guard let user = field(14), let system = field(15), let start = field(22), let size = field(23), let pages = field(24) else {
            return nil
        }
        self.processorSeconds = (Double(user) + Double(system)) / ticksPerSecond
        self.startTime = bootTime + Double(start) / ticksPerSecond
        self.virtualBytes = size
        self.residentBytes = pages.multipliedReportingOverflow(by: pageSize).partialValue
    }

    /// The line `btime` of `/proc/stat`: seconds since 1970.
    static func bootTime(_ text: String) -> Double? {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.starts(with: "btime ".utf8) {
            return Double(String(decoding: line.dropFirst(6), as: UTF8.self))
        }
        return nil
    }

    private static func countDescriptors() -> Int {
        // Since Linux 6.2 the folder's size is the number.
        var status = stat()
        if stat("/proc/self/fd", &status) == 0, status.st_size > 0 { return Int(status.st_size) }
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the folder's own descriptor.
        return max(count - 3, 0)
    }

    /// A file without a size, read to its end or to 1 MiB.
    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 1_048_576 {
            let count = read(descriptor, &part, part.count)
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
