/// What an input has shown to be wrong with the server.
package struct Fault: Error, Equatable {
    /// One sentence, for whoever reads the crash.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// - Throws: a fault with this text unless the condition holds.
    package static func unless(_ condition: Bool, _ text: @autoclosure () -> String) throws(Fault) {
        if !condition { throw Fault(text()) }
    }
}
