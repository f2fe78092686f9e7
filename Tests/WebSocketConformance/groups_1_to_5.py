"""Autobahn's groups 1 to 5: frames, pings, reserved bits, opcodes, fragments."""

from harness.websocket import PING, PONG, TEXT, frame
from scenario import (
    CHOPS,
    Received,
    Scenario,
    Send,
    binary,
    close,
    continuation,
    in_octets,
    one_by_one,
    ping,
    pong,
    text,
    together,
)

HELLO = b"Hello, world!"
NOT_UTF8 = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
PROTOCOL_ERROR = 1002


def failing(number, steps, expected=()):
    """1002. If something has to come before it, Autobahn lets pass that it does not, as NON-STRICT."""
    return Scenario(number, steps, expected, codes=(PROTOCOL_ERROR,), fails=True, lenient=() if expected else None)


def framing():
    sizes = [0, 125, 126, 127, 128, 65535, 65536]
    for group, name, write, octet in ((1, "text", text, b"*"), (2, "binary", binary, b"\xfe")):
        for index, (size, chop) in enumerate([*((size, 0) for size in sizes), (65536, 997)], 1):
            payload = octet * size
            yield Scenario(f"1.{group}.{index}", (Send(write(payload), chop),), ((name, payload),))


def pings():
    unasked = pong(b"unsolicited pong payload")
    many = [b"payload-%d" % number for number in range(10)]
    for number, payload in enumerate([b"", HELLO, NOT_UTF8, b"\xfe" * 125], 1):
        yield Scenario(f"2.{number}", together(ping(payload)), (("pong", payload),))
    yield failing("2.5", together(ping(b"\xfe" * 126)))
    yield Scenario("2.6", in_octets(ping(b"\xfe" * 125)), (("pong", b"\xfe" * 125),))
    yield Scenario("2.7", together(pong(), close(1000)), closes=True)
    yield Scenario("2.8", together(unasked, close(1000)), closes=True)
    yield Scenario("2.9", together(unasked, ping(b"ping payload")), (("pong", b"ping payload"),))
    for number, send in ((10, together), (11, in_octets)):
        yield Scenario(f"2.{number}", send(*map(ping, many)), tuple(("pong", payload) for payload in many))


def reserved_bits():
    yield failing("3.1", together(text(HELLO, reserved=1)))
    for number, (reserved, send) in enumerate(zip((2, 3, 4), CHOPS, strict=True), 2):
        yield failing(f"3.{number}", send(text(HELLO), text(HELLO, reserved=reserved), ping()), (("text", HELLO),))
    yield failing("3.5", together(binary(NOT_UTF8, reserved=5)))
    # The case's text says ping; what is sent is binary.
    yield failing("3.6", together(binary(HELLO, reserved=6)))
    yield failing("3.7", together(close(reserved=7)))


def opcodes():
    for group, first in ((1, 3), (2, 11)):
        yield failing(f"4.{group}.1", together(frame(first)))
        yield failing(f"4.{group}.2", together(frame(first + 1, b"reserved opcode payload")))
        for index, payload, send in ((3, b"", together), (4, HELLO, together), (5, HELLO, in_octets)):
            unknown = frame(first + index - 1, payload)
            yield failing(f"4.{group}.{index}", send(text(HELLO), unknown, ping()), (("text", HELLO),))


def fragments():
    first, second = b"fragment1", b"fragment2"
    start, end = text(first, final=False), continuation(second, final=True)
    whole, between = ("text", first + second), b"ping payload"
    for number, opcode in ((1, PING), (2, PONG)):
        yield failing(f"5.{number}", together(frame(opcode, first, final=False), end))
    for number, send in enumerate(CHOPS, 3):
        yield Scenario(f"5.{number}", send(start, end), (whole,))
    for number, send in enumerate(CHOPS, 6):
        yield Scenario(f"5.{number}", send(start, ping(between), end), (("pong", between), whole))
    for first_number, final in ((9, True), (12, False)):
        lone = continuation(b"non-continuation payload", final)
        for number, send in enumerate(CHOPS, first_number):
            yield failing(f"5.{number}", send(lone, text(HELLO)))
    yield failing("5.15", together(start, end, continuation(b"fragment3", final=False), text(b"fragment4")), (whole,))
    for number, final in ((16, False), (17, True)):
        round_ = [continuation(first, final), text(second, final=False), continuation(b"fragment3", final=True)]
        yield failing(f"5.{number}", together(*round_, *round_))
    yield failing("5.18", together(start, frame(TEXT, second)))
    parts, pongs = [b"fragment%d" % number for number in range(1, 6)], [b"pongme 1!", b"pongme 2!"]
    before = [text(parts[0], final=False), continuation(parts[1], False), ping(pongs[0])]
    after = [continuation(parts[2], False), continuation(parts[3], False), ping(pongs[1]), continuation(parts[4], True)]
    for number, send in ((19, together), (20, one_by_one)):
        # The first ping is answered while the message is open.
        steps = (*send(*before), Received(1), *send(*after))
        yield Scenario(f"5.{number}", steps, (*(("pong", payload) for payload in pongs), ("text", b"".join(parts))))


SCENARIOS = [*framing(), *pings(), *reserved_bits(), *opcodes(), *fragments()]
