/// How far a run is.
package struct LoadProgress: Sendable {
    package enum Phase: String, Sendable {
        case connecting, publishing, finishing, done
    }

    package let phase: Phase
    package let ready: Int
    package let subscribers: Int
    package let published: Int
    package let delivered: Int
}
