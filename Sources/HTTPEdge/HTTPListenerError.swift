/// Why a listener did not come up.
package enum HTTPListenerError: Error, Equatable {
    /// Somebody listens there already, another server of ours included.
    case addressInUse
    /// The host is not one of this machine's addresses.
    case addressNotAvailable
    /// The host's name has no address.
    case hostNotFound
    /// Ports below 1024 need a privilege.
    case permissionDenied
    /// No event loop was given.
    case noLoops
    /// - Parameter code: `errno`
    case failed(code: Int32)
}
