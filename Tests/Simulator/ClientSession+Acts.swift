/// What clients do, and what happens to them.
extension ClientSession {
    func act() {
        guard self.world.isChaotic else { return }
        defer { if !self.isOver, !self.isVanished { self.intend(.act, in: self.generator.milliseconds(self.world.plan.actMilliseconds)) } }
        guard !self.isStalled else { return }
        let plan = self.world.plan
        if self.suffers(plan) { return }
        if self.webSocket == nil, self.generator.happens(plan.upgrades) { return self.upgrade() }
        self.changeSubscriptions()
    }

    func changeSubscriptions() {
        guard self.world.isChaotic else { return }
        let channel = self.generator.below(self.world.plan.channels)
        switch self.generator.below(10) {
        case 0...5: self.subscribe(channel)
        case 6...7: self.unsubscribe(channel)
        case 8:
            // In one go: the server may see all in one read, or in one POST.
            self.subscribe(channel)
            self.unsubscribe(channel)
            self.subscribe(channel)
        default: break
        }
    }

    /// - Returns: whether a fault has struck.
    private func suffers(_ plan: Plan) -> Bool {
        if self.generator.happens(plan.vanishes) {
            self.vanish()
        } else if self.generator.happens(plan.resets) {
            self.over("resets", isReset: true)
        } else if self.generator.happens(plan.leaves) {
            self.leave()
        } else if self.generator.happens(plan.stalls) {
            self.stall(for: self.generator.milliseconds(1...(self.generator.below(4) == 0 ? 40_000 : 2_000)))
        } else if self.generator.happens(plan.mutes) {
            self.isMute = true
            self.record.isDoubtful = true
        } else if self.generator.happens(plan.garbage) {
            self.sendGarbage()
        } else if self.isPolling, self.webSocket == nil, self.generator.happens(plan.lostPolls) {
            self.over("loses its poll", isReset: true)
        } else {
            return false
        }
        return true
    }

    /// Nothing that the server likes; most of it ends the session.
    private func sendGarbage() {
        self.record.isDoubtful = true
        let packets = [
            "9", "2", "42[", "42{}", "41/x,", "451-[\"x\"]", "45", "40", "4", "42[\"strange\",1]", "42[\"subscribe\",7]", "",
        ]
        // Not masked, a reserved bit, a close with half a code, binary.
        let frames: [[UInt8]] = [
            [0x81, 0x01, 0x33], [0xC1, 0x80, 0, 0, 0, 0], [0x88, 0x81, 1, 2, 3, 4, 5], [0x82, 0x80, 0, 0, 0, 0],
        ]
        self.trace("sends garbage")
        if let webSocket = self.webSocket, self.generator.below(3) == 0 {
            webSocket.send(self.generator.pick(frames))
        } else {
            self.send(self.generator.pick(packets))
        }
    }

    /// Says good-bye in one of the ways that there are.
    func leave() {
        guard !self.isOver, !self.isVanished else { return }
        self.record.isDoubtful = true
        switch (self.webSocket, self.generator.below(3)) {
        case (let webSocket?, 0):
            webSocket.send(ClientBytes.frame(opcode: 8, [0x03, 0xE8]))
        case (_, 1):
            self.send("41")
            self.send("1")
        case (nil, 0):
            self.send("1")
        default: break
        }
        self.over("leaves")
    }
}
