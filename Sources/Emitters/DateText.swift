import WireBytes

/// Dates as JavaScript's `toJSON` writes them: ISO 8601 with milliseconds and `Z`.
enum DateText {
    /// 100,000,000 days on either side of 1970: what ECMAScript's dates can hold.
    private static let limit: Int64 = 8_640_000_000_000_000
    private static let millisecondsADay: Int64 = 86_400_000
    private static let daysAnEra: Int64 = 146_097

    /// Appends a JSON string, or `null` for a date that JavaScript does not have. Years outside 0 to 9999 get a sign and six digits.
    static func append(milliseconds: Int64, to output: inout [UInt8]) {
        guard (-Self.limit...Self.limit).contains(milliseconds) else { return Output.append("null", to: &output) }
        var day = milliseconds / Self.millisecondsADay
        var rest = milliseconds % Self.millisecondsADay
        if rest < 0 {
            rest += Self.millisecondsADay
            day -= 1
        }
        let (year, month, dayOfMonth) = Self.civil(day)
        output.append(UInt8(ascii: "\""))
        if (0...9999).contains(year) {
            Self.append(year, digits: 4, to: &output)
        } else {
            output.append(year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            Self.append(abs(year), digits: 6, to: &output)
        }
        output.append(UInt8(ascii: "-"))
        Self.append(month, digits: 2, to: &output)
        output.append(UInt8(ascii: "-"))
        Self.append(dayOfMonth, digits: 2, to: &output)
        output.append(UInt8(ascii: "T"))
        Self.append(rest / 3_600_000, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        Self.append(rest / 60_000 % 60, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        Self.append(rest / 1_000 % 60, digits: 2, to: &output)
        output.append(UInt8(ascii: "."))
        Self.append(rest % 1_000, digits: 3, to: &output)
        Output.append("Z\"", to: &output)
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01. Reckoned in eras of 400 years that begin on 1 March, so that a leap
    /// day is the last of its year.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 719,468 days lie between 0000-03-01 and 1970-01-01.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - (Self.daysAnEra - 1)) / Self.daysAnEra
        let dayOfEra = shifted - era * Self.daysAnEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func append(_ value: Int64, digits: Int, to output: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
