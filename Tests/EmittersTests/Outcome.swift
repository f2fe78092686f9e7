import Emitters
import WireBytes

/// What became of a publisher's message, in texts.
enum Outcome: Equatable, Sendable {
    case event(HeardEvent)
    case ignored(EmitterOutcome.Reason)
    case fault(EmitterFault)

    static let limits = EmitterLimits(maximumPayloadByteCount: 100_000)

    /// Of the event's arguments as a JSON array; for tests that ask for nothing else.
    var arguments: String? {
        if case .event(let event) = self { event.arguments } else { nil }
    }

    var attachments: [[UInt8]]? {
        if case .event(let event) = self { event.attachments } else { nil }
    }

    static func emitter(
        _ message: [UInt8], on channel: String = "socket.io#/#", key: String = "socket.io", limits: EmitterLimits = Outcome.limits
    ) -> Outcome {
        let channel = Array(channel.utf8)
        let key = Array(key.utf8)
        do throws(EmitterFault) {
            return self.told(try RedisEmitter.decode(message.span, on: channel.span, key: key.span, limits: limits))
        } catch {
            return .fault(error)
        }
    }

    static func emitter(json text: String, on channel: String = "socket.io#/#", limits: EmitterLimits = Outcome.limits) -> Outcome {
        self.emitter(Array(text.utf8), on: channel, limits: limits)
    }

    /// The arguments of an event of everybody's, in MessagePack.
    static func arguments(_ arguments: Packed..., limits: EmitterLimits = Outcome.limits) -> Outcome {
        self.emitter(Packed.message(data: [.text("e")] + arguments).bytes, limits: limits)
    }

    static func python(
        _ text: [UInt8], dialect: PythonDialect = .detected, limits: EmitterLimits = Outcome.limits
    ) -> Outcome {
        do throws(EmitterFault) {
            return self.told(try PythonSocketIO.decode(text.span, dialect: dialect, limits: limits))
        } catch {
            return .fault(error)
        }
    }

    static func python(_ text: String, dialect: PythonDialect = .detected, limits: EmitterLimits = Outcome.limits) -> Outcome {
        self.python(Array(text.utf8), dialect: dialect, limits: limits)
    }

    private static func told(_ outcome: EmitterOutcome) -> Outcome {
        switch outcome {
        case .event(let event): .event(HeardEvent(event))
        case .ignored(let reason): .ignored(reason)
        }
    }
}
