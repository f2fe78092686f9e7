/// Long-polling, and the upgrade from it.
extension ClientSession {
    /// Sends one Engine.IO packet, or has it wait for the next POST.
    func send(_ packet: String, note: Int? = nil) {
        guard !self.isOver, !self.isVanished else { return }
        self.outgoing.append((packet, note))
        self.flush()
    }

    func flush() {
        guard !self.outgoing.isEmpty, !self.isOver, !self.isStalled else { return }
        if let webSocket = self.webSocket {
            for (packet, note) in self.outgoing { webSocket.send(ClientBytes.text(packet), notes: note.map { [$0] } ?? []) }
            self.outgoing = []
            return
        }
        guard !self.isPosting, !self.isPausing, let sid = self.sid else { return }
        self.isPosting = true
        self.postedAt = self.world.clock.now
        let body = Array(self.outgoing.map(\.packet).joined(separator: "\u{1E}").utf8)
        let notes = self.outgoing.compactMap(\.note)
        self.outgoing = []
        let wire = self.postWire ?? self.connect()
        self.postWire = wire
        wire.request(.post, ClientBytes.post("/socket.io/?EIO=4&transport=polling&sid=\(sid)", body, type: "text/plain"), notes: notes)
    }

    func poll() {
        guard !self.isPolling, !self.isPausing, self.webSocket == nil, let sid = self.sid else { return }
        self.isPolling = true
        let wire = self.pollWire ?? self.connect()
        self.pollWire = wire
        wire.request(.poll, ClientBytes.get("transport=polling&sid=\(sid)"))
    }

    func answered(_ request: Wire.Request, status: Int, packets: [ServerPacket], on wire: Wire) {
        switch (request, status) {
        case (.handshake, 200), (.poll, 200):
            self.isPolling = false
            for packet in packets {
                // The discarded transport says that it is closed.
                if self.webSocket != nil, packet == .close { continue }
                self.received(packet, isWebSocket: false)
            }
            guard !self.isOver else { return }
            if self.isPausing { return self.switchOver() }
            let isLate = self.world.isChaotic && self.generator.happens(self.world.plan.latePolls)
            if isLate { self.intend(.poll, in: self.generator.milliseconds(1...3_000)) } else { self.poll() }
        case (.post, 200):
            self.isPosting = false
            if self.isPausing { self.switchOver() } else { self.flush() }
        case (.webSocket, 101):
            if wire === self.candidate { wire.send(ClientBytes.text("2probe")) }
        case (.webSocket, _) where wire === self.candidate:
            self.abandonUpgrade()
        default:
            self.trace("refused with", status)
            self.over("refused")
        }
    }

    // MARK: - Upgrade

    func upgrade() {
        guard self.webSocket == nil, self.candidate == nil, let sid = self.sid else { return }
        self.trace("upgrades")
        let wire = self.connect()
        self.candidate = wire
        wire.request(.webSocket, ClientBytes.webSocket("&sid=\(sid)"))
        guard self.generator.below(6) == 0 else { return }
        self.intend(.abandonUpgrade, in: self.generator.milliseconds(self.generator.pick([0...2, 0...200])))
    }

    func probed() {
        // What it does now, and right behind the switch, meets the session on its way.
        if self.generator.below(2) == 0 { self.changeSubscriptions() }
        self.isPausing = true
        self.switchOver()
    }

    /// The stock client waits until nothing is under way on the old transport.
    private func switchOver() {
        guard self.isPausing, !self.isPolling, !self.isPosting, let candidate = self.candidate else { return }
        self.trace("switches over")
        self.isPausing = false
        self.candidate = nil
        self.webSocket = candidate
        candidate.send(ClientBytes.text("5"))
        self.pollWire?.close()
        self.postWire?.close()
        self.pollWire = nil
        self.postWire = nil
        self.flush()
        if self.generator.below(2) == 0 { self.changeSubscriptions() }
    }

    func abandonUpgrade() {
        guard let candidate = self.candidate else { return }
        self.trace("stays with polling")
        self.candidate = nil
        self.isPausing = false
        candidate.close(isReset: self.generator.below(2) == 0)
        self.poll()
        self.flush()
    }
}
