"""Three nodes, publishers and subscribers on each: one order a channel, nothing twice, every loss announced (I9, and group I at random).
`scripts/ledger.py` does it at length and tells the figures."""

import asyncio
import random
from contextlib import ExitStack

import pytest
from harness import LONG
from harness.ledger import GAP, Run, judge, random_faults, record
from harness.redis import Redis, Stretch
from harness.server import Server
from test_backplane import until_up


def test_without_faults_nothing_is_lost():
    with Redis() as redis, ExitStack() as stack:
        nodes = [stack.enter_context(Server("--redis", redis.url)) for _ in range(3)]
        until_up(*nodes)
        run = asyncio.run(record(nodes, 100_000 if LONG else 6_000))
        assert judge(run) == [] and run.lost == 0 and run.gaps == 0
        assert set(run.statuses) == {200} and run.deliveries == run.statuses[200] * 3


@pytest.mark.parametrize("seed", range(10 if LONG else 1))
def test_with_faults_every_loss_is_announced(seed):
    generator = random.Random(seed)
    with Redis() as redis, ExitStack() as stack:
        stretches = [stack.enter_context(Stretch(redis.port)) for _ in range(3)]
        nodes = [stack.enter_context(Server("--redis", stretch.url)) for stretch in stretches]
        until_up(*nodes)
        run = asyncio.run(
            record(nodes, 100_000 if LONG else 6_000, fault=lambda run: random_faults(run, redis, stretches, generator), pace=0.005)
        )
        assert judge(run) == [], (seed, run.faults)
        assert run.faults and run.statuses[200] > 0


# What the judge would find.


def made_up(*ledgers, answers=(200, 200, 200)):
    run = Run(answers={("c", "p"): list(answers)})
    for number, ledger in enumerate(ledgers):
        run.ledgers[1, "c", number] = [entry if entry == GAP else ("p", entry) for entry in ledger]
    return judge(run)


@pytest.mark.parametrize(
    "ledger, wrong",
    [
        ([0, 1, 2], ""), ([0, GAP, 2], ""), ([0, 1, GAP], ""), ([GAP, 1, 2], ""), ([GAP], ""), ([0, GAP, 1, 2], ""),
        ([0, 2], "not told"), ([0, 1], "not told"), ([1, 2], "not told"), ([], "not told"), ([GAP, 0, 2], "not told"), ([0, 2, GAP], "not told"),
        ([0, 1, 1, 2], "twice"), ([0, 2, 1], "order"),
    ],
)  # fmt: skip
def test_the_judge_finds(ledger, wrong):
    found = made_up([0, 1, 2], ledger)
    assert (found == []) if not wrong else any(wrong in sentence for sentence in found)


def test_the_judge_finds_what_was_refused():
    assert made_up([0, 1, 2], answers=(200, 503, 200)) and not made_up([0, 2], answers=(200, 503, 200))
    assert not made_up([0, 1, 2], answers=(200, 504, 200)) and not made_up([0, 2], answers=(200, 504, 200))
