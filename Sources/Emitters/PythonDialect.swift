/// How a python-socketio publisher writes arguments, which changed twice (protocol.md 5.2). Only lists are ambiguous.
package enum PythonDialect: Equatable, Sendable {
    /// By the message: with a member `binary` a list is the list of arguments, without one it is one argument. Wrong only for a payload that is
    /// a list from 5.14.2 to 5.15.0, and for publishers of other makes that copy the new form without the member.
    case detected
    /// `data` is the one argument: 5.14.0 to 5.15.0.
    case oneArgument
    /// `data` is the list of arguments: 5.15.1 and later.
    case argumentList
}
