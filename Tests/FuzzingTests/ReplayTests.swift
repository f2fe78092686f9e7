import FuzzConnections
import FuzzTargets
import TestSupport
import Testing

/// What the fuzzers look for, without a fuzzer: every input that is kept, and a few that are made up.
@Suite("Fuzz targets")
struct ReplayTests {
    static var targets: [String: any FuzzTarget.Type] {
        [
            "JSON": JSONTarget.self, "Payload": PayloadTarget.self, "Packet": PacketTarget.self, "Frame": FrameTarget.self,
            "Name": NameTarget.self, "RESP": RESPTarget.self, "Emitter": EmitterTarget.self,
            "Session": SessionTarget.self, "HTTP": HTTPTarget.self, "Realtime": RealtimeTarget.self,
        ]
    }

    @Test("every kept input holds", arguments: KeptInputs.all)
    func kept(input: KeptInputs.Input) throws {
        let target = try #require(Self.targets[input.target], "a folder without a target")
        let fault = target.fault(in: input.bytes)
        #expect(fault == nil)
    }

    @Test("every target has a corpus", arguments: targets.keys.sorted())
    func corpora(target: String) {
        #expect(KeptInputs.all.count { $0.target == target } >= 10)
    }

    @Test("damaged inputs hold as well, in every target", arguments: targets.keys.sorted())
    func damaged(name: String) throws {
        let target = try #require(Self.targets[name])
        var generator = SeededGenerator(seed: 7)
        for input in KeptInputs.all where input.target == name {
            for _ in 0..<4 {
                var bytes = input.bytes
                for _ in 0..<3 where !bytes.isEmpty {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                }
                let fault = target.fault(in: bytes)
                #expect(fault == nil, "\(input.path), damaged: \(bytes)")
            }
        }
    }

    @Test("a property that does not hold is told")
    func broken() {
        enum Broken: FuzzTarget {
            static func check(_ input: [UInt8]) throws(Fault) { try Fault.unless(input != [1], "one") }
        }
        #expect(Broken.fault(in: [1]) == "one")
        #expect(Broken.fault(in: []) == nil)
    }
}
