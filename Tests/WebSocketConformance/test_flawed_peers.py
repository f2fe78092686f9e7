"""The scenarios find what they are for: against a peer with one flaw just those fail that should, against a sound one none does."""

import os

import groups_1_to_5
import groups_6_and_7
import groups_9_and_10
import pytest
from hypothesis import Phase, given, settings

from flawed import Flaw, FlawedPeer
from harness import PATIENCE
from scenario import NON_STRICT, OK
from test_libraries import FAULTS, PLACES, frames, judge

SCENARIOS = {
    scenario.number: scenario for scenario in [*groups_1_to_5.SCENARIOS, *groups_6_and_7.SCENARIOS, *groups_9_and_10.SCENARIOS]
}

#: The peer is in Python and slow; what it is for is seen in the short run too.
long = pytest.mark.skipif(not os.environ.get("FANFARE_TEST_LONG"), reason="long: FANFARE_TEST_LONG=1")

#: What a peer leaves out can only be missed.
IMPATIENCE = 0.3

#: The scenarios that each flaw fails, or some of them.
FAILED = {
    Flaw.TAKES_RESERVED_BITS: "3.1 3.2 3.3 3.4 3.5 3.6 3.7",
    Flaw.TAKES_UNKNOWN_OPCODES: "4.1.1 4.1.2 4.1.3 4.1.4 4.1.5 4.2.1 4.2.2 4.2.3 4.2.4 4.2.5",
    Flaw.TAKES_LONG_PINGS: "2.5 7.3.6",
    Flaw.TAKES_CONTROL_FRAGMENTS: "5.1",
    Flaw.TAKES_LONE_CONTINUATIONS: "5.9 5.10 5.11 5.12 5.13 5.14 5.15 5.16 5.17",
    Flaw.TAKES_A_MESSAGE_IN_A_MESSAGE: "5.18",
    Flaw.TAKES_ANY_TEXT: "6.3.1 6.3.2 6.4.1 6.4.3 6.6.1 6.8.1 6.10.1 6.12.1 6.13.1 6.14.1 6.15.1 6.16.1 6.17.1 6.18.1 6.19.1 6.20.1 6.21.1",
    Flaw.TAKES_ANY_CLOSE_CODE: "7.9.1 7.9.2 7.9.3 7.9.4 7.9.5 7.9.6 7.9.7 7.9.8 7.9.9 7.13.1 7.13.2",
    Flaw.TAKES_ANY_CLOSE_REASON: "7.5.1",
    Flaw.TAKES_CLOSES_OF_ONE_BYTE: "7.3.2",
    Flaw.TAKES_PINGS_AFTER_A_CLOSE: "7.1.2 7.1.3 7.1.4 7.1.5 7.1.6",
    Flaw.NO_PONGS: "2.1 2.2 2.6 2.9 2.10 5.6 5.19",
    Flaw.EMPTY_PONGS: "2.2 2.3 2.4 2.6 2.9 2.11 5.8 5.20",
    Flaw.LATE_PONGS: "5.6 5.7 5.8 5.19 5.20",
    Flaw.BINARY_AS_TEXT: "1.2.1 1.2.8 9.2.1 9.8.2",
    Flaw.FRAGMENTS_AS_MESSAGES: "5.3 5.19 6.1.3 6.2.2 6.2.3 9.3.6 10.1.1",
    Flaw.CUTS_LARGE_MESSAGES: "1.1.7 1.1.8 1.2.7 7.1.6 9.1.1 9.2.1 10.1.1",
    Flaw.SAYS_IT_TWICE: "1.1.1 5.3 6.2.1 7.1.1 9.7.2",
    Flaw.MASKS: "1.1.1 2.1",
    Flaw.SETS_RESERVED_BITS: "1.2.2 2.2",
    Flaw.LONG_LENGTHS: "1.1.2 1.1.5 2.4",
    Flaw.CLOSES_WITH_1001: "1.1.1 2.1 2.7 5.3 6.1.1 7.1.1 7.3.1 7.3.3 7.7.1 9.1.1 10.1.1",
    Flaw.FAILS_WITH_1011: "2.5 3.1 4.1.1 5.1 5.9 6.3.1 6.4.1 7.3.2 7.5.1 7.9.1 7.13.1",
    Flaw.DROPS_INSTEAD_OF_CLOSING: "1.1.1 2.1 2.5 3.1 6.3.1 7.1.1 7.3.1 7.7.1",
    Flaw.STAYS_AFTER_CLOSING: "1.1.1 3.1 7.1.1 7.9.1",
    Flaw.CHECKS_TEXT_AT_ITS_END: "",
}

#: Those that show that these are not failures of everything.
PASSED = {
    Flaw.TAKES_RESERVED_BITS: "1.1.1 2.5 4.1.1",
    Flaw.TAKES_ANY_TEXT: "6.1.1 6.2.3 6.22.1 7.5.1",
    Flaw.TAKES_ANY_CLOSE_CODE: "7.3.2 7.5.1 7.7.1",
    Flaw.EMPTY_PONGS: "2.1",
    Flaw.LATE_PONGS: "2.1 2.2",
    Flaw.BINARY_AS_TEXT: "1.1.1",
    Flaw.CUTS_LARGE_MESSAGES: "1.1.6 1.2.6",
    Flaw.CLOSES_WITH_1001: "3.1 7.7.2",
    Flaw.FAILS_WITH_1011: "1.1.1 7.7.9",
    Flaw.CHECKS_TEXT_AT_ITS_END: "6.2.3 6.3.1 6.3.2 6.6.1 6.20.1",
}


def verdicts(peer, numbers, patience):
    return {number: SCENARIOS[number].run(peer, patience) for number in numbers.split()}


@pytest.mark.parametrize("flaw", Flaw)
def test_a_flaw_is_found(flaw):
    with FlawedPeer(flaw) as peer:
        found = verdicts(peer, FAILED[flaw], IMPATIENCE)
        assert [number for number, verdict in found.items() if verdict in (OK, NON_STRICT)] == []
        passed = verdicts(peer, PASSED.get(flaw, ""), PATIENCE)
        assert [(number, verdict) for number, verdict in passed.items() if verdict != OK] == []


def test_a_peer_that_checks_text_at_its_end_is_not_strict():
    with FlawedPeer(Flaw.CHECKS_TEXT_AT_ITS_END) as peer:
        assert set(verdicts(peer, "6.4.1 6.4.2 6.4.3 6.4.4", IMPATIENCE).values()) == {NON_STRICT}


@long
@pytest.mark.parametrize("group", [1, 2, 3, 4, 5, 6, 7, 10])
def test_a_sound_peer_passes(group):
    with FlawedPeer() as peer:
        for number, scenario in SCENARIOS.items():
            if scenario.group == group:
                assert scenario.run(peer, PATIENCE) == OK, number


def search(peer, fault):
    """The random frames with this fault, against the peer. Nothing is made smaller: that something is found is all that counts."""

    @settings(phases=[Phase.generate])
    @given(data=frames(fault), places=PLACES)
    def find(data, places):
        judge(peer, data, places)

    find()


#: Two do not end the stream and would be waited for, for long; the third closes as it should, only late.
NOT_SEARCHED = Flaw.STAYS_AFTER_CLOSING, Flaw.TAKES_PINGS_AFTER_A_CLOSE, Flaw.CHECKS_TEXT_AT_ITS_END


@long
@pytest.mark.parametrize("flaw", [flaw for flaw in Flaw if flaw not in NOT_SEARCHED])
def test_random_frames_find_it_too(flaw):
    with FlawedPeer(flaw) as peer, pytest.raises(AssertionError):
        for fault in FAULTS:
            search(peer, fault)


@long
@pytest.mark.parametrize("fault", FAULTS)
def test_random_frames_find_nothing_in_a_sound_peer(fault):
    with FlawedPeer() as peer:
        search(peer, fault)
