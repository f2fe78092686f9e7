import Glibc
import WireBytes

/// The one look that is taken at what is published.
enum TextBenchmarks {
    static var all: [Benchmark] {
        [
            Self.scan("32 B object", Documents.small),
            Self.scan("1 KiB event", Documents.event),
            Self.scan("1 KiB event, indented", Documents.indented),
            Self.scan("64 KiB of events", Documents.events),
            Self.scan("64 KiB of integers", Documents.integers),
            Self.scan("64 KiB of decimals", Documents.numbers),
            Self.scan("64 KiB of long ASCII strings", Documents.longStrings),
            Self.scan("64 KiB of escapes", Documents.escaped),
            Self.scan("64 KiB of Cyrillic strings", Documents.cyrillic),
            Self.scan("64 KiB of Chinese strings", Documents.chinese),
            Self.memchr(Documents.longStrings),
            Self.validate("ASCII", Documents.longStrings),
            Self.validate("Cyrillic", Documents.cyrillic),
            Self.validate("Chinese", Documents.chinese),
            Self.decode("news", "news"),
            Self.decode("name with escapes", "caf%C3%A9%20%2F%20r%C3%A9sum%C3%A9s"),
            Self.decode("64 B name", String(repeating: "sensor-7/", count: 7) + "x"),
        ]
    }

    private static func scan(_ name: String, _ text: [UInt8]) -> Benchmark {
        Benchmark("JSON, \(name)", unit: "document", bytes: text.count) {
            (try? JSONScanner.scan(text.span))?.upperBound ?? 0
        }
    }

    /// The upper bound: looks for one byte that is not there, with the C library's vector code.
    private static func memchr(_ text: [UInt8]) -> Benchmark {
        Benchmark("memchr over 64 KiB", unit: "call", bytes: text.count) {
            text.withUnsafeBytes { bytes in
                bytes.baseAddress.map { Glibc.memchr($0, 0, bytes.count) == nil ? 1 : 0 } ?? 0
            }
        }
    }

    private static func validate(_ name: String, _ text: [UInt8]) -> Benchmark {
        Benchmark("UTF-8, 64 KiB of \(name)", unit: "text", bytes: text.count) {
            UTF8Validator.isValid(text.span) ? 1 : 0
        }
    }

    private static func decode(_ name: String, _ path: String) -> Benchmark {
        let bytes = Array(path.utf8)
        return Benchmark("percent decoding, \(name)", unit: "segment", bytes: bytes.count) {
            PercentDecoding.decode(0..<bytes.count, of: bytes.span)?.count ?? 0
        }
    }
}
