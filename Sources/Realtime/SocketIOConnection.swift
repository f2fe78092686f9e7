package import EngineIO
package import HTTPEdge
import SocketIO
import WireBytes

/// Socket.IO 5 over one Engine.IO session: namespaces, events, acknowledgements, binary (protocol.md 3). Confined to its loop.
package final class SocketIOConnection: EngineApplication {
    /// The session owns this object.
    package unowned let session: EngineSession
    let application: any SocketApplication
    private var isMainJoined = false
    private var otherNamespaces: [[UInt8]] = []
    /// A binary packet whose attachments are still to come.
    private var assembly: BinaryAssembly?
    /// No namespace joined by then: closed. Cancelled for good by the first that is.
    private var connectDeadline: Milliseconds?

    /// What the client may still send; CONNECT counts too.
    var events: TokenBucket
    /// Nil until the client shows a token.
    var tokens: SessionTokens?
    /// Nil unless something waits for the bus.
    var awaited: AwaitedChannels?

    package init(session: EngineSession, application: any SocketApplication, settings: RealtimeSettings, now: Milliseconds) {
        self.session = session
        self.application = application
        self.connectDeadline = now + settings.connectTimeout
        self.events = TokenBucket(perSecond: settings.eventsPerSecond, burst: settings.eventBurst, now: now)
    }

    package func handOver() -> @Sendable (EngineSession, RealtimeLoop) -> any EngineApplication {
        let (isMainJoined, otherNamespaces, assembly, deadline, events, tokens) =
            (self.isMainJoined, self.otherNamespaces, self.assembly, self.connectDeadline, self.events, self.tokens?.content)
        let awaited = self.awaited
        return { session, loop in
            guard let connection = loop.makeApplication(session) as? SocketIOConnection else { return loop.makeApplication(session) }
            connection.isMainJoined = isMainJoined
            connection.otherNamespaces = otherNamespaces
            connection.assembly = assembly
            connection.connectDeadline = deadline
            connection.events = events
            if let tokens {
                connection.tokens = SessionTokens(tokens)
                if tokens.wait != nil { session.askForTokensLater() }
            }
            if let awaited {
                connection.awaited = awaited
                connection.askForConfirmationsLater(on: loop, for: session.identifier)
            }
            return connection
        }
    }

    package var deadline: Milliseconds? {
        Self.earlier(self.connectDeadline, Self.earlier(self.tokens?.content.grants.nextDeadline, self.awaited?.deadline))
    }

    private static func earlier(_ one: Milliseconds?, _ other: Milliseconds?) -> Milliseconds? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    package func deadlinePassed() {
        if let connectDeadline, self.session.now >= connectDeadline {
            self.connectDeadline = nil
            return self.session.close(.connectTimeout)
        }
        self.acknowledgeDue()
        self.application.tokensDue(on: Socket(connection: self, namespace: nil))
    }

    package func closed(_ reason: CloseReason) {
        self.isMainJoined = false
        self.otherNamespaces = []
        self.assembly = nil
        self.tokens = nil
        self.awaited = nil
    }

    // MARK: - Packets

    package func received(text: Span<UInt8>) {
        guard self.events.take(now: self.session.now) else { return self.session.close(.eventsRate) }
        if let tokens = self.tokens, tokens.content.wait != nil { return self.hold(text, tokens) }
        self.process(text)
    }

    /// A packet whose turn it is.
    func process(_ text: Span<UInt8>) {
        guard self.assembly == nil, let packet = try? SocketPacket.decode(0..<text.count, of: text) else {
            return self.session.close(.parseError)
        }
        let namespace = packet.namespace.map { Self.copy($0, of: text) }
        if packet.type == .connect {
            return self.connect(namespace, auth: packet.payload.map { Self.copy($0, of: text) })
        }
        guard self.isJoined(namespace) else { return self.session.close(.parseError) }
        switch packet.type {
        case .disconnect:
            self.leave(namespace)
        case .event:
            guard let payload = packet.payload else { return }
            self.application.received(
                text.extracting(payload), attachments: [], ackID: packet.ackID.map { Self.copy($0, of: text) },
                on: Socket(connection: self, namespace: namespace))
        case .binaryEvent, .binaryAck:
            guard self.application.acceptsBinary,
                let assembly = try? BinaryAssembly(packet, of: text, maximumBytes: self.session.maximumPayload)
            else {
                return self.session.close(.parseError)
            }
            self.assembly = assembly
        case .ack:
            // The server asks for no acknowledgements; an unknown id is ignored.
            break
        case .connect, .connectError:
            self.session.close(.parseError)
        }
    }

    package func received(binary: Span<UInt8>) {
        guard var assembly = self.assembly else { return self.session.close(.parseError) }
        self.assembly = nil
        do {
            try assembly.append(binary)
        } catch {
            return self.session.close(.parseError)
        }
        guard assembly.isComplete else {
            self.assembly = assembly
            return
        }
        guard assembly.type == .binaryEvent else { return }
        self.application.received(
            assembly.argumentsJSON.span, attachments: assembly.attachments, ackID: assembly.ackID,
            on: Socket(connection: self, namespace: assembly.namespace))
    }

    // MARK: - Namespaces

    private func connect(_ namespace: [UInt8]?, auth: [UInt8]?) {
        guard !self.isJoined(namespace) else { return self.session.close(.parseError) }
        guard self.application.hasNamespace(namespace) else {
            return self.session.send(text: SocketReply.connectError(namespace: namespace, message: "Invalid namespace", data: nil))
        }
        self.conclude(self.application.admit(Socket(connection: self, namespace: namespace), auth: auth), namespace, auth: auth)
    }

    /// What became of a CONNECT; called again by an application that could not say it at once.
    func conclude(_ admission: SocketAdmission, _ namespace: [UInt8]?, auth: [UInt8]?) {
        switch admission {
        case .admitted: self.join(namespace, auth: auth)
        case .refused(let message, let data):
            self.session.send(text: SocketReply.connectError(namespace: namespace, message: message, data: data))
        case .later: break
        case .busy: self.session.close(.tokenVerifications)
        }
    }

    private func join(_ namespace: [UInt8]?, auth: [UInt8]?) {
        self.connectDeadline = nil
        var generator = SystemRandomNumberGenerator()
        let identifier = SocketIdentifier(using: &generator)
        if let namespace {
            self.otherNamespaces.append(namespace)
        } else {
            self.isMainJoined = true
            self.session.join(as: identifier)
        }
        self.session.send(text: SocketReply.connected(namespace: namespace, sid: identifier))
        self.application.connected(Socket(connection: self, namespace: namespace), auth: auth)
    }

    private func isJoined(_ namespace: [UInt8]?) -> Bool {
        guard let namespace else { return self.isMainJoined }
        return self.otherNamespaces.contains(namespace)
    }

    private func leave(_ namespace: [UInt8]?) {
        if let namespace {
            self.otherNamespaces.removeAll { $0 == namespace }
        } else {
            self.isMainJoined = false
            self.session.leaveNamespace()
        }
        self.application.disconnected(Socket(connection: self, namespace: namespace))
    }

    private static func copy(_ range: Range<Int>, of bytes: Span<UInt8>) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for index in range { copy.append(bytes[index]) }
        return copy
    }
}
