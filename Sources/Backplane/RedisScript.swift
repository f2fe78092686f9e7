import Crypto
import RESP

/// What Redis does in one step, as nothing comes between the commands of a script.
struct RedisScript: Sendable {
    let text: [UInt8]
    /// SHA-1 in hexadecimal, by which Redis knows it once it has seen it.
    let digest: [UInt8]

    init(_ text: String) {
        self.text = Array(text.utf8)
        let hexadecimal = Array("0123456789abcdef".utf8)
        self.digest = Insecure.SHA1.hash(data: self.text).flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] }
    }

    /// Gives a message its position and publishes it. A new key is a new epoch, and every publish makes the key live longer.
    ///
    /// Keys: position, counts. Arguments: Pub/Sub channel, head and tail of the envelope, an epoch in case that one is needed, the key's life
    /// in milliseconds, the node and its own subscriptions, seconds after which a count is of a node that is gone.
    /// Answers epoch, offset and the subscriptions on all nodes.
    static let publish = RedisScript(
        """
        local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
        local epoch
        if offset == 1 then
          epoch = ARGV[4]
          redis.call('HSET', KEYS[1], 'epoch', epoch)
        else
          epoch = redis.call('HGET', KEYS[1], 'epoch')
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        local sum = tonumber(ARGV[7])
        local counts = redis.call('HGETALL', KEYS[2])
        if #counts > 0 then
          local now = tonumber(redis.call('TIME')[1])
          for i = 1, #counts, 2 do
            if counts[i] ~= ARGV[6] then
              local count, told = string.match(counts[i + 1], '^(%d+)@(%d+)$')
              if told and now - told <= tonumber(ARGV[8]) then
                sum = sum + count
              else
                redis.call('HDEL', KEYS[2], counts[i])
              end
            end
          end
        end
        redis.call('PUBLISH', ARGV[1], ARGV[2] .. epoch .. struct.pack('>I8', offset) .. ARGV[3])
        return {epoch, offset, sum}
        """)

    /// Notes how many subscribe to a channel on a node. Key: counts. Arguments: the node, its subscriptions, the key's life in milliseconds.
    static let count = RedisScript(
        """
        if ARGV[2] == '0' then
          redis.call('HDEL', KEYS[1], ARGV[1])
        else
          redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. '@' .. redis.call('TIME')[1])
          redis.call('PEXPIRE', KEYS[1], ARGV[3])
        end
        return 1
        """)

    /// - Parameter isKnown: false after Redis has answered `NOSCRIPT`; from then on it knows it.
    func command(isKnown: Bool, keys: [[UInt8]], _ arguments: [RESPArgument]) -> [RESPArgument] {
        let head: [RESPArgument] = isKnown ? [.text("EVALSHA"), .bytes(self.digest)] : [.text("EVAL"), .bytes(self.text)]
        return head + [.integer(keys.count)] + keys.map(RESPArgument.bytes) + arguments
    }
}
