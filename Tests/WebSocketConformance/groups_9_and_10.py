"""Autobahn's groups 9 and 10: large messages, many fragments, many segments, round trips. Unlike Autobahn's, no two places of a large
payload look alike, as its content is compared too."""

from dataclasses import dataclass

from harness.websocket import BINARY, TEXT, frame
from scenario import RoundTrips, Scenario, Send, fragmented, together

KIB, MIB = 1024, 1024 * 1024
KINDS = (("text", TEXT), ("binary", BINARY))


def large(kind, size):
    """Numbers, which in a binary message are not UTF-8."""
    line = b"%07x " if kind == "text" else b"%07x\xfe"
    return b"".join(line % number for number in range(size // 8))


@dataclass(frozen=True)
class Volume:
    """A scenario with one large message, which is there only while it runs: in `fragment`s, or `chop` bytes a segment."""

    number: str
    kind: str
    opcode: int
    size: int
    fragment: int = 0
    chop: int = 0

    @property
    def group(self):
        return 9

    def run(self, endpoint, patience, path="/echo"):
        payload = large(self.kind, self.size)
        frames = fragmented(self.opcode, payload, self.fragment or self.size)
        # Without waiting for each segment: there are thousands of them.
        steps = (Send(b"".join(frames), self.chop, paced=False),)
        return Scenario(self.number, steps, ((self.kind, payload),)).run(endpoint, patience, path)


def volumes():
    for offset, (kind, opcode) in enumerate(KINDS):
        for index, size in enumerate([64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB], 1):
            yield Volume(f"9.{1 + offset}.{index}", kind, opcode, size)
    for offset, (kind, opcode) in enumerate(KINDS):
        for index in range(9):
            yield Volume(f"9.{3 + offset}.{index + 1}", kind, opcode, 4 * MIB, fragment=64 * 4**index)
    for offset, (kind, opcode) in enumerate(KINDS):
        for index in range(6):
            yield Volume(f"9.{5 + offset}.{index + 1}", kind, opcode, MIB, chop=64 * 2**index)


def round_trips(count=1000):
    for offset, (kind, opcode) in enumerate(KINDS):
        for index, size in enumerate([0, 16, 64, 256, 1024, 4096], 1):
            payload = (b"*" if kind == "text" else b"\xfe") * size
            steps = (RoundTrips(frame(opcode, payload), count),)
            yield Scenario(f"9.{7 + offset}.{index}", steps, ((kind, payload),) * count)


def auto_fragmentation():
    payload = b"*" * 65536
    yield Scenario("10.1.1", together(*fragmented(TEXT, payload, 1300)), (("text", payload),))


SCENARIOS = [*volumes(), *round_trips(), *auto_fragmentation()]
