import Foundation
import Glibc

/// What the machine, or the container, lets this process have.
enum MachineLimits {
    /// Descriptors that are not connections: listeners, event loops' own, log, files that are read; and a reserve.
    static let reservedDescriptors = 128

    /// Raises the soft descriptor limit to the hard one.
    /// - Returns: descriptors that this process may hold.
    static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Bytes of memory: the lowest limit of the control groups that this process is in, else what is built in.
    static var memory: Int {
        let physical = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
        return min(Self.controlGroupMemory() ?? physical, physical)
    }

    /// Version 2: `memory.max` of the group and of all above it; version 1: its one file.
    private static func controlGroupMemory() -> Int? {
        let lines = Self.text(of: "/proc/self/cgroup")?.split(separator: "\n") ?? []
        let path = lines.first { $0.hasPrefix("0::") }.map { String($0.dropFirst(3)) } ?? "/"
        var files: [String] = ["/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        var parts = path.split(separator: "/")
        while true {
            files.append("/sys/fs/cgroup/" + (parts + ["memory.max"]).joined(separator: "/"))
            if parts.isEmpty { break }
            parts.removeLast()
        }
        return files.compactMap { Self.text(of: $0).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } }.min()
    }

    private static func text(of path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
