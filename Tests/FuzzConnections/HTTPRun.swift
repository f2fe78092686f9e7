import FuzzTargets
import HTTPEdge
import NIOCore
import NIOEmbedded

/// One connection of the HTTP edge with a virtual clock, fed with these pieces and left alone until it ends.
struct HTTPRun {
    /// Status and body, without 100 and 408, which depend on when something arrives.
    let answers: [Answer]
    let heard: [String]
    /// Ended by this side before the pieces did.
    let wasCut: Bool

    init(_ pieces: [[UInt8]], limits: HTTPLimits, bodyLimit: Int, answersLater: Bool, isLeftAlone: Bool) throws(Fault) {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(loop: loop)
        let transport = EmbeddedTransport()
        let http = HTTPLoop(eventLoop: loop, limits: limits)
        let endpoint = NotingEndpoint(answersLater: answersLater, bodyLimit: bodyLimit)
        do {
            try channel.pipeline.syncOperations.addHandler(transport)
            try http.configure(channel, endpoint: endpoint)
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
            for piece in pieces where channel.isActive {
                try channel.writeInbound(ByteBuffer(bytes: piece))
                if answersLater { _ = endpoint.answerParked() }
                loop.run()
            }
            repeat { loop.run() } while endpoint.answerParked()
            self.wasCut = !channel.isActive || transport.outputIsClosed
            if isLeftAlone {
                loop.advanceTime(by: .seconds(400))
                try Fault.unless(!channel.isActive || endpoint.hasUpgraded, "a connection that is left alone stays open")
            }
            channel.close(promise: nil)
            // The wheel lets go of a client when its time comes: what is left behind that is lost.
            loop.advanceTime(by: .seconds(400))
            self.answers = try Self.takeAnswers(channel, endpoint)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault("the pipeline throws \(error)")
        }
        self.heard = endpoint.heard
        try endpoint.checkEnd()
        try Fault.unless(http.openConnections == 0, "\(http.openConnections) connections are still counted")
        try Fault.unless(http.openExchanges == 0, "\(http.openExchanges) exchanges are still counted")
    }

    private static func takeAnswers(_ channel: EmbeddedChannel, _ endpoint: NotingEndpoint) throws -> [Answer] {
        var output: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { output += buffer.readableBytesView }
        var rest = output[...]
        let answers = try Answer.take(from: &rest, hasHead: endpoint.hasHead)
        try Fault.unless(rest.isEmpty, "something is written behind the last answer")
        try Fault.unless(answers.dropLast().allSatisfy { !$0.closes && $0.status != 101 }, "an answer behind the last one")
        return answers.filter { $0.status != 100 && $0.status != 408 }.map { Answer(status: $0.status, fields: [], body: $0.body) }
    }
}
