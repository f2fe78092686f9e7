"""Autobahn's groups 6 and 7: UTF-8, closing."""

import struct

from client import NO_CODE
from harness.websocket import TEXT
from scenario import (
    LATE,
    Failed,
    Scenario,
    Send,
    StillOpen,
    close,
    continuation,
    fragmented,
    ping,
    text,
    together,
)

INVALID_PAYLOAD, PROTOCOL_ERROR = 1007, 1002
MIXED = "Hello-µ@ßöäüàá-UTF-8!!".encode()
GREEK = "κ\u1f79σμε".encode()
EDITED = b"edited"
SURROGATE = GREEK + b"\xed\xa0\x80" + EDITED
#: U+110000 in the scheme of UTF-8, past the last code point. Its second byte, the message's 13th, shows it.
TOO_HIGH = GREEK + b"\xf4\x90\x80\x80" + EDITED


def scheme(code_point, count):
    """The scheme of UTF-8, up to six bytes, for any number and however many bytes are wanted: overlong forms, surrogates and all."""
    tail = [0x80 | code_point >> 6 * index & 0x3F for index in range(count - 1)]
    lead = code_point >> 6 * (count - 1)
    return bytes([lead if count == 1 else (0xFF00 >> count & 0xFF) | lead, *reversed(tail)])


def most(count):
    """The largest number that the scheme writes in so many bytes."""
    return (1 << (7 if count == 1 else 5 * count + 1)) - 1


def surrogates(*units):
    return b"".join(scheme(unit, 3) for unit in units)


def valid(*payloads):
    return [(payload, True) for payload in payloads]


def invalid(*payloads):
    return [(payload, False) for payload in payloads]


def lonely_starts():
    """Every lead byte but the last of its kind, each before a blank."""
    for first, last in ((0xC0, 0xDF), (0xE0, 0xEF), (0xF0, 0xF7), (0xF8, 0xFB), (0xFC, 0xFD)):
        yield b"".join(bytes([lead, 0x20]) for lead in range(first, last))


def utf8_tables():
    """Groups 6.5 to 6.23, after Markus Kuhn's decoder test: the payloads and whether they are UTF-8."""
    continuations = [bytes([0x80, 0xBF] * 3)[:count] for count in range(2, 7)]
    cut = [scheme(0, count)[:-1] for count in range(2, 7)] + [scheme(most(count), count)[:-1] for count in range(2, 7)]
    highs, lows = (0xD800, 0xDB7F, 0xDB80, 0xDBFF), (0xDC00, 0xDFFF)
    planes = [scheme(plane << 16 | 0xFFFE | odd, 4) for plane in range(1, 17) for odd in (0, 1)]
    yield valid(*(b"hello" + character.encode() + b"world" for character in "$¢€\U00024b62"), GREEK)
    # Prefixes: those that end between characters are valid.
    yield [(GREEK[:count], GREEK[count : count + 1] == b"" or GREEK[count] & 0xC0 != 0x80) for count in range(1, len(GREEK) + 1)]
    yield valid(*(scheme(0 if count == 1 else most(count - 1) + 1, count) for count in range(1, 5)))
    yield invalid(*(scheme(most(count - 1) + 1, count) for count in (5, 6)))
    yield valid(*(scheme(min(most(count), 0x10FFFF), count) for count in range(1, 5)))
    yield invalid(*(scheme(most(count), count) for count in (4, 5, 6)))
    yield [
        *valid(scheme(0xD7FF, 3), scheme(0xE000, 3), scheme(0xFFFD, 3), scheme(0x10FFFF, 4)),
        *invalid(scheme(0x110000, 4)),
    ]
    yield invalid(b"\x80", b"\xbf", *continuations, bytes(range(0x80, 0xBF)))
    yield invalid(*lonely_starts())
    yield invalid(*cut)
    yield invalid(b"".join(cut))
    yield invalid(b"\xfe", b"\xff", b"\xfe\xfe\xff\xff")
    yield invalid(*(scheme(ord("/"), count) for count in range(2, 7)))
    yield invalid(*(scheme(most(count - 1), count) for count in range(2, 7)))
    yield invalid(*(scheme(0, count) for count in range(2, 7)))
    yield invalid(*(surrogates(unit) for unit in (*highs, 0xDC00, 0xDF80, 0xDFFF)))
    yield invalid(*(surrogates(high, low) for high in highs for low in lows))
    # The last two code points of every plane are no characters, and valid all the same.
    yield valid(scheme(0xFFFE, 3), scheme(0xFFFF, 3), *planes)
    yield valid(*(scheme(code_point, 3) for code_point in range(0xFFF9, 0x10000)))


def utf8():
    middle = b"middle frame payload"
    yield Scenario("6.1.1", together(text(b"")), (("text", b""),))
    for number, payload in ((2, b""), (3, middle)):
        frames = text(b"", final=False), continuation(payload, False), continuation(b"", True)
        yield Scenario(f"6.1.{number}", together(*frames), (("text", payload),))
    yield Scenario("6.2.1", together(text(MIXED)), (("text", MIXED),))
    half = MIXED.index("ü".encode())
    yield Scenario("6.2.2", together(text(MIXED[:half], final=False), continuation(MIXED[half:], True)), (("text", MIXED),))
    for number, payload in ((3, MIXED), (4, GREEK)):
        yield Scenario(f"6.2.{number}", together(*fragmented(TEXT, payload, 1)), (("text", payload),))
    for number, frames in ((1, [text(SURROGATE)]), (2, fragmented(TEXT, SURROGATE, 1))):
        yield unsound(f"6.3.{number}", together(*frames))
    for number, cuts in ((1, (len(GREEK), len(GREEK) + 4)), (2, (12, 13))):
        parts = TOO_HIGH[: cuts[0]], TOO_HIGH[cuts[0] : cuts[1]], TOO_HIGH[cuts[1] :]
        yield unsound_from(f"6.4.{number}", text(parts[0], final=False), continuation(parts[1], False), continuation(parts[2], True))
        # The same in one frame. The second part ends where the frame still goes on.
        whole, ends = text(TOO_HIGH), [6 + cut for cut in cuts]
        yield unsound_from(f"6.4.{number + 2}", whole[: ends[0]], whole[ends[0] : ends[1]], whole[ends[1] :])
    for group, table in enumerate(utf8_tables(), 5):
        for index, (payload, is_valid) in enumerate(table, 1):
            number, steps = f"6.{group}.{index}", together(text(payload))
            yield Scenario(number, steps, (("text", payload),)) if is_valid else unsound(number, steps)


def unsound(number, steps, lenient=None):
    return Scenario(number, steps, codes=(INVALID_PAYLOAD,), fails=True, lenient=lenient)


def unsound_from(number, before, shows, rest):
    """Failed as soon as `shows` is there, not before; Autobahn lets pass as NON-STRICT that it is failed at the message's end."""
    steps = Send(before), StillOpen(), Send(shows), Failed(), Send(rest)
    return unsound(number, steps, lenient=(LATE,))


def closing():
    hello = b"Hello World!"
    yield Scenario("7.1.1", together(text(hello)), (("text", hello),))
    start, end = text(b"fragment1", final=False), continuation(b"fragment2", True)
    for number, frames in ((2, [close(1000), close()]), (3, [close(1000), ping()]), (4, [close(1000), text(hello)])):
        yield Scenario(f"7.1.{number}", together(*frames), closes=True)
    yield Scenario("7.1.5", together(start, close(1000), end), closes=True)
    # For Autobahn whatever happens here is informational. The messages came before the close frame, so they come back before its answer.
    large = (b"BAsd7&jh23" * 26215)[: 256 * 1024]
    frames = text(large), text(hello), close(1000), ping()
    yield Scenario("7.1.6", together(*frames), (("text", large), ("text", hello)), closes=True)

    yield closed("7.3.1", b"", NO_CODE, 1000)
    yield closed("7.3.2", b"a", PROTOCOL_ERROR)
    for number, reason in ((3, b""), (4, hello), (5, b"*" * 123)):
        yield closed(f"7.3.{number}", struct.pack(">H", 1000) + reason, 1000)
    yield closed("7.3.6", struct.pack(">H", 1000) + b"*" * 124, PROTOCOL_ERROR)
    yield closed("7.5.1", struct.pack(">H", 1000) + SURROGATE, PROTOCOL_ERROR, INVALID_PAYLOAD)
    sound = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
    for index, code in enumerate(sound, 1):
        yield closed(f"7.7.{index}", struct.pack(">H", code), code, 1000)
    for index, code in enumerate([0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999], 1):
        yield closed(f"7.9.{index}", struct.pack(">H", code), PROTOCOL_ERROR)
    # Informational for Autobahn, as RFC 6455 7.4.2 does not say what these codes are; here they are wrong.
    for index, code in enumerate([5000, 65535], 1):
        yield closed(f"7.13.{index}", struct.pack(">H", code), PROTOCOL_ERROR)


def closed(number, body, *codes):
    """The client's close frame with this body, and the codes that may come back."""
    return Scenario(number, together(close(body=body)), codes=codes, closes=True)


SCENARIOS = [*utf8(), *closing()]
