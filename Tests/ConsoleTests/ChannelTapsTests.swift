import Broadcast
import Console
import NIOCore
import NIOEmbedded
import Testing

@Suite("Channel taps")
struct ChannelTapsTests {
    private final class Fixture {
        let loop = EmbeddedEventLoop()
        let hub: Hub
        let shard: LoopShard
        let taps: ChannelTaps

        init() {
            self.hub = Hub(loops: [self.loop], limits: HubLimits())
            self.shard = self.hub.makeShard(loop: 0)
            self.taps = ChannelTaps(shard: self.shard)
        }

        func publish(_ payloads: [String], to channel: String = "a", event: String = "e") {
            for payload in payloads {
                _ = self.hub.publish(
                    channel: ChannelName(Array(channel.utf8)), event: Array(event.utf8).span, payload: Array(payload.utf8).span)
            }
            self.loop.advanceTime(by: .milliseconds(10))
        }

        func look(_ channel: String = "a", after: Int = 0) -> String {
            switch self.taps.look(at: ChannelName(Array(channel.utf8)), after: after) {
            case .messages(let json): String(decoding: json, as: UTF8.self)
            case .tooMany: "too many"
            }
        }
    }

    @Test("nothing of before the first look, then every message once")
    func messages() {
        let fixture = Fixture()
        fixture.publish(["0"])
        #expect(fixture.look() == #"{"channel":"a","seen":0,"skipped":0,"next":0,"messages":[]}"#)
        fixture.publish(["1", "\"é\""])
        fixture.publish(["2"], to: "other")
        #expect(
            fixture.look()
                == #"{"channel":"a","seen":2,"skipped":0,"next":2,"messages":["#
                + #"{"number":1,"seconds_ago":0.02,"event":"e","data":"1","byte_count":1,"whole":true},"#
                + #"{"number":2,"seconds_ago":0.02,"event":"e","data":"\"é\"","byte_count":4,"whole":true}]}"#)
        #expect(fixture.look(after: 2) == #"{"channel":"a","seen":2,"skipped":0,"next":2,"messages":[]}"#)
        fixture.publish(["3"], event: "a\"b")
        #expect(fixture.look(after: 2).contains(#""number":3,"seconds_ago":0.01,"event":"a\"b","data":"3""#))
    }

    @Test("a long message is cut at a whole character")
    func cut() {
        let fixture = Fixture()
        _ = fixture.look()
        fixture.publish(["\"" + String(repeating: "é", count: ChannelTap.maximumBytes) + "\""])
        let answer = fixture.look()
        #expect(answer.contains(#""byte_count":\#(2 * ChannelTap.maximumBytes + 2),"whole":false"#))
        // The quote, and whole characters: one byte of the 4,096 is left over.
        #expect(answer.contains(#""data":"\""# + String(repeating: "é", count: ChannelTap.maximumBytes / 2 - 1) + #"","byte_count""#))
    }

    @Test("of many messages some are shown, the others counted, and a second later it goes on")
    func sampling() {
        let fixture = Fixture()
        _ = fixture.look()
        fixture.publish((0..<500).map { "\($0)" })
        let first = fixture.look()
        #expect(first.contains(#""seen":500,"skipped":450,"next":500"#))
        #expect(first.contains(#""number":50,"#) && !first.contains(#""number":51,"#))
        fixture.publish(["1"])
        #expect(fixture.look(after: 500).contains(#""seen":501,"skipped":1,"next":501,"messages":[]"#))
        fixture.loop.advanceTime(by: .seconds(1))
        fixture.publish(["2"])
        #expect(fixture.look(after: 501).contains(#""seen":502,"skipped":0,"next":502,"messages":[{"number":502,"#))
        #expect(fixture.look().contains(#""skipped":452"#), "the oldest has made room")
    }

    @Test("it ends when nobody has looked for a while, and begins anew with the next look")
    func end() {
        let fixture = Fixture()
        _ = fixture.look()
        fixture.loop.advanceTime(by: ChannelTaps.patience - .milliseconds(11))
        fixture.publish(["1"])
        #expect(fixture.look().contains(#""seen":1"#), "looked at in time")
        fixture.loop.advanceTime(by: ChannelTaps.patience - .milliseconds(1))
        #expect(fixture.taps.count == 1)
        fixture.loop.advanceTime(by: .milliseconds(1))
        #expect(fixture.taps.count == 0)
        #expect(fixture.shard.channelCount == 0)
        #expect(fixture.look(after: 500) == #"{"channel":"a","seen":0,"skipped":0,"next":0,"messages":[]}"#)
        fixture.publish(["2"])
        #expect(fixture.look(after: 500).contains(#""seen":1,"skipped":0"#), "the number is an earlier tap's")
    }

    @Test("there are only so many at a time")
    func bound() {
        let fixture = Fixture()
        for number in 0..<ChannelTaps.maximumTaps { _ = fixture.look("c\(number)") }
        #expect(fixture.look("one more") == "too many")
        #expect(fixture.look("c0").contains(#""seen":0"#))
        fixture.loop.advanceTime(by: ChannelTaps.patience)
        #expect(fixture.look("one more").contains(#""seen":0"#))
    }
}
