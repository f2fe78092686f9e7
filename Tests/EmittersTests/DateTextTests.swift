import Emitters
import TestSupport
import Testing

@Suite("Dates")
struct DateTextTests {
    private static func old(_ milliseconds: Int64) -> String? {
        Outcome.arguments(.ext(0, Self.big(UInt64(bitPattern: milliseconds), 8))).arguments
    }

    private static func stamp(_ seconds: Int64, _ nanoseconds: UInt64) -> String? {
        Outcome.arguments(.longExt(-1, Self.big(nanoseconds, 4) + Self.big(UInt64(bitPattern: seconds), 8))).arguments
    }

    private static func big(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    @Test(
        "milliseconds since 1970, as JavaScript prints them",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (-86_400_000, "1969-12-31T00:00:00.000Z"), (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"), (1_709_210_096_789, "2024-02-29T12:34:56.789Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
            (8_640_000_000_000_000, "+275760-09-13T00:00:00.000Z"), (-8_640_000_000_000_000, "-271821-04-20T00:00:00.000Z"),
        ] as [(Int64, String)])
    func milliseconds(milliseconds: Int64, expected: String) {
        #expect(Self.old(milliseconds) == "[\"\(expected)\"]")
        let (seconds, rest) = (milliseconds >= 0 ? milliseconds : milliseconds - 999).quotientAndRemainder(dividingBy: 1_000)
        let millisecond = milliseconds >= 0 ? rest : rest + 999
        #expect(Self.stamp(seconds, UInt64(millisecond) * 1_000_000 + 999_999) == "[\"\(expected)\"]")
    }

    @Test("what JavaScript has no date for is null")
    func impossible() {
        for milliseconds: Int64 in [8_640_000_000_000_001, -8_640_000_000_000_001, .max, .min] {
            #expect(Self.old(milliseconds) == "[null]")
        }
        for seconds: Int64 in [8_640_000_000_001, -8_640_000_000_001, .max, .min, .max / 1_000, .min / 1_000] {
            #expect(Self.stamp(seconds, 0) == "[null]")
        }
    }

    @Test("the shorter timestamps")
    func short() {
        #expect(Outcome.arguments(.ext(-1, [0, 0, 0, 1])).arguments == #"["1970-01-01T00:00:01.000Z"]"#)
        #expect(Outcome.arguments(.ext(-1, [255, 255, 255, 255])).arguments == #"["2106-02-07T06:28:15.000Z"]"#)
        #expect(Outcome.arguments(.longExt(-1, [0, 0, 0, 1])).arguments == #"["1970-01-01T00:00:01.000Z"]"#)
        let word: UInt64 = 999_999_999 << 34 | 1
        #expect(Outcome.arguments(.ext(-1, Self.big(word, 8))).arguments == #"["1970-01-01T00:00:01.999Z"]"#)
        let last: UInt64 = 1_000_000 << 34 | (1 << 34 - 1)
        #expect(Outcome.arguments(.ext(-1, Self.big(last, 8))).arguments == #"["2514-05-30T01:53:03.001Z"]"#)
    }

    @Test("every day of 800 years follows the one before it", arguments: [-400, 0, 1600, 2000])
    func days(century: Int) {
        var (year, month, day) = (century, 1, 1)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        // Days from 1970-01-01 to the first of January of a year that 400 divides.
        let first = Int64((century - 2_000) / 400 * 146_097 + 10_957)
        for offset in 0..<Int64(73_049) {
            if offset % 7 == 0 || day >= 28 || day == 1 {
                let digits = { (number: Int, count: Int) in
                    String(repeating: "0", count: max(0, count - String(number).count)) + String(number)
                }
                let yearText = year < 0 ? "-" + digits(-year, 6) : digits(year, 4)
                #expect(Self.old((first + offset) * 86_400_000) == "[\"\(yearText)-\(digits(month, 2))-\(digits(day, 2))T00:00:00.000Z\"]")
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            day += 1
            if day > lengths[month - 1] + (month == 2 && isLeap ? 1 : 0) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }
}
