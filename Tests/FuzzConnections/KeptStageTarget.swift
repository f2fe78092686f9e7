package import FuzzTargets

/// `RealtimeTarget` for millions of inputs: one stage for all of them, as one is never let go (a server needs it as long as it runs) and
/// takes time to build. A play leaves the stage empty, or has shown a fault. Main thread only.
package enum KeptStageTarget: FuzzTarget {
    @MainActor private static var stages: [Bool: Stage] = [:]

    package static func check(_ input: [UInt8]) throws(Fault) {
        try MainActor.assumeIsolated { self.result(of: input) }.get()
    }

    @MainActor private static func result(of input: [UInt8]) -> Result<Void, Fault> {
        var input = FuzzInput(input)
        let hasSmallLimits = input.byte() & 1 == 1
        do throws(Fault) {
            let stage = self.stages.removeValue(forKey: hasSmallLimits) ?? Stage(hasSmallLimits: hasSmallLimits)
            try stage.play(input)
            self.stages[hasSmallLimits] = stage
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}
