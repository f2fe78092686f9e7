"""Every scenario of Autobahn's groups 1 to 7, 9 and 10 against the product's WebSocket, under Autobahn's numbers."""

from collections import Counter

import groups_1_to_5
import groups_6_and_7
import groups_9_and_10
import pytest

from harness import PATIENCE
from scenario import OK

SCENARIOS = [*groups_1_to_5.SCENARIOS, *groups_6_and_7.SCENARIOS, *groups_9_and_10.SCENARIOS]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.number)
def test(server, scenario):
    assert scenario.run(server, PATIENCE) == OK


def test_none_is_missing():
    assert len({scenario.number for scenario in SCENARIOS}) == len(SCENARIOS)
    assert Counter(scenario.group for scenario in SCENARIOS) == {1: 16, 2: 11, 3: 7, 4: 10, 5: 20, 6: 145, 7: 37, 9: 54, 10: 1}


@pytest.mark.parametrize("table", list(groups_6_and_7.utf8_tables()), ids=lambda table: f"of {len(table)}")
def test_the_utf8_tables_agree_with_another_decoder(table):
    for payload, is_valid in table:
        try:
            payload.decode()
            assert is_valid, payload
        except UnicodeDecodeError:
            assert not is_valid, payload
