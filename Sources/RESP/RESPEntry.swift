/// One entry of a map, in the order of the reply.
package struct RESPEntry: Equatable, Sendable {
    package let key: RESPValue
    package let value: RESPValue

    package init(key: RESPValue, value: RESPValue) {
        self.key = key
        self.value = value
    }
}
