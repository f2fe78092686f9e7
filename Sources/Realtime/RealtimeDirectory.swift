package import NIOCore

/// The way from any loop to the sessions of any other. Filled once, when the server is put together.
package final class RealtimeDirectory: Sendable {
    private let loops: [any EventLoop]
    private let boxes: [NIOLoopBoundBox<RealtimeLoop?>]
    let pollingPlaces = PollingPlaces()
    /// What the names of sessions have of this node; nil if there are no others.
    let node: UInt16?

    package init(loops: [any EventLoop], node: UInt16? = nil) {
        self.node = node
        self.loops = loops
        self.boxes = loops.map { NIOLoopBoundBox.makeEmptyBox(valueType: RealtimeLoop.self, eventLoop: $0) }
    }

    var count: Int { self.loops.count }

    /// Called once by each loop, on it.
    func attach(_ loop: RealtimeLoop) {
        self.boxes[loop.index].value = loop
    }

    /// Does something on a loop: at once if it is the caller's own, else in one of its next turns, in the order of the calls.
    func run(on index: Int, _ body: @escaping @Sendable (RealtimeLoop) -> Void) {
        guard self.loops.indices.contains(index) else { return }
        let box = self.boxes[index]
        if self.loops[index].inEventLoop {
            if let loop = box.value { body(loop) }
        } else {
            self.loops[index].execute {
                if let loop = box.value { body(loop) }
            }
        }
    }
}
