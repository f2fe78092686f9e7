import EngineIO

/// The session state machine: the input is a list of steps, one or two bytes each, in any order and at any time.
package enum SessionTarget: FuzzTarget {
    package static func check(_ input: [UInt8]) throws(Fault) {
        var walk = SessionWalk(input)
        while !walk.isOver {
            try walk.step()
            try walk.compare()
        }
        try walk.finish()
    }
}
