import Glibc

/// The server's process, with its children, as `/proc` tells: what it costs.
package struct ServerProcess: Sendable {
    package let identifier: Int

    package init(identifier: Int) {
        self.identifier = identifier
    }

    /// Seconds of user and system time so far; nil when there is no such process.
    var cpuSeconds: Double? {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        return self.sum { process in
            guard let fields = Self.read("/proc/\(process)/stat")?.split(separator: ")").last?.split(separator: " "), fields.count > 12
            else {
                return nil
            }
            return ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / ticks
        }
    }

    /// Resident bytes.
    var residentBytes: Double? {
        self.sum { process in
            guard let fields = Self.read("/proc/\(process)/statm")?.split(separator: " "), fields.count > 1 else { return nil }
            return (Double(fields[1]) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    private func sum(_ value: (Int) -> Double?) -> Double? {
        guard var total = value(self.identifier) else { return nil }
        var processes = [self.identifier]
        while let process = processes.popLast() {
            let children = Self.read("/proc/\(process)/task/\(process)/children")?.split(separator: " ").compactMap { Int($0) } ?? []
            for child in children { total += value(child) ?? 0 }
            processes += children
        }
        return total
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
