/// JSON text, value by value; it puts the commas. For answers that somebody asks for now and then, not for the way of a message.
///
/// Who writes with it sees to the grammar: one value, a name before each value of an object.
package struct JSONWriter {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    /// A value has ended, so that a further one needs a comma.
    private var isBehindValue = false

    package init() {}

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        self.enclose(UInt8(ascii: "{"), members, UInt8(ascii: "}"))
    }

    package mutating func array<Elements: Sequence>(of elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void) {
        self.enclose(UInt8(ascii: "["), { for element in elements { write(&$0, element) } }, UInt8(ascii: "]"))
    }

    /// The name of an object's next member; its value follows.
    package mutating func name(_ name: StaticString) {
        self.text(Array(name.description.utf8))
        self.bytes.append(UInt8(ascii: ":"))
        self.isBehindValue = false
    }

    package mutating func name(_ name: String) {
        self.text(Array(name.utf8))
        self.bytes.append(UInt8(ascii: ":"))
        self.isBehindValue = false
    }

    // MARK: - Values

    /// - Parameter text: UTF-8.
    package mutating func text(_ text: [UInt8]) {
        self.begin()
        JSONText.appendQuoted(text.span, to: &self.bytes)
    }

    package mutating func integer(_ value: Int) {
        self.begin()
        ASCII.appendDecimal(value, to: &self.bytes)
    }

    /// What is no number in JSON becomes null.
    package mutating func number(_ value: Double) {
        guard value.isFinite else { return self.null() }
        self.begin()
        self.bytes.append(contentsOf: value.description.utf8)
    }

    package mutating func boolean(_ value: Bool) {
        self.begin()
        Output.append(value ? "true" : "false", to: &self.bytes)
    }

    package mutating func null() {
        self.begin()
        Output.append("null", to: &self.bytes)
    }

    /// - Parameter json: one JSON value, as text.
    package mutating func value(_ json: [UInt8]) {
        self.begin()
        self.bytes += json
    }

    // MARK: - Members

    package mutating func member(_ name: StaticString, _ value: Int) {
        self.name(name)
        self.integer(value)
    }

    package mutating func member(_ name: StaticString, _ value: Double) {
        self.name(name)
        self.number(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        self.boolean(value)
    }

    /// - Parameter text: UTF-8; nil becomes null.
    package mutating func member(_ name: StaticString, text: [UInt8]?) {
        self.name(name)
        if let text { self.text(text) } else { self.null() }
    }

    package mutating func member(_ name: StaticString, text: String?) {
        self.member(name, text: text.map { Array($0.utf8) })
    }

    package mutating func member<Elements: Sequence>(
        _ name: StaticString, arrayOf elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        self.name(name)
        self.array(of: elements, write)
    }

    package mutating func member(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        self.object(members)
    }

    private mutating func begin() {
        if self.isBehindValue { self.bytes.append(UInt8(ascii: ",")) }
        self.isBehindValue = true
    }

    private mutating func enclose(_ opening: UInt8, _ content: (inout JSONWriter) -> Void, _ closing: UInt8) {
        self.begin()
        self.bytes.append(opening)
        self.isBehindValue = false
        content(&self)
        self.bytes.append(closing)
        self.isBehindValue = true
    }
}
