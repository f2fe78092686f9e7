/// Whether a client may join a namespace.
package enum SocketAdmission {
    case admitted
    /// It is told so in a CONNECT_ERROR and stays as it is (protocol.md 3.3). `data` is the text of a JSON value.
    case refused(message: StaticString, data: [UInt8])
    /// The application will say it to the connection's `conclude`.
    case later
    /// Nobody can say it at the moment: the session is closed, which brings stock clients back by themselves. A CONNECT_ERROR would not.
    case busy
}
