package import FuzzTargets

/// The Socket.IO side as a whole: two loops, their HTTP, the hub, sessions over both transports. The input is a list of what clients do,
/// and when.
package enum RealtimeTarget: FuzzTarget {
    package static func check(_ input: [UInt8]) throws(Fault) {
        var input = FuzzInput(input)
        try Stage(hasSmallLimits: input.byte() & 1 == 1).play(input)
    }
}
