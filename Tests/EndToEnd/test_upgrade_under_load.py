"""The promise that an upgrade loses nothing, repeats nothing and keeps the order, kept under load and across event loops."""

import asyncio
import re

import pytest

from harness import LONG, PATIENCE
from harness.publisher import Publisher, body
from harness.server import Server
from harness.upgrading import Client, Stream

CLIENTS = 200
MESSAGES = 10_000 if LONG else 2_000
STREAM = Stream("e", 100_000)


@pytest.mark.parametrize("loops", [1, 2, 4])
def test_200_clients_upgrade_while_a_thousand_messages_a_second_come(own_binary, channel, loops):
    # No pings among the messages, however long it takes.
    with Server("--loops", str(loops), "--ping-interval", "10m") as server:
        run(server, channel)
        assert server.stop() == 0
        (moved,) = re.findall(r"\bsessions_moved=(\d+)", server.logged)
    # On one loop there is nowhere to move to; on several, the WebSocket of many a session is accepted on another loop than its polls.
    if loops == 1:
        assert int(moved) == 0
    else:
        assert int(moved) >= CLIENTS // 10


def run(server, channel):
    async def clients(publisher):
        last = asyncio.get_running_loop().create_future()
        # So many at a time, that the last ones join and upgrade while the first ones receive all that there is.
        joining = asyncio.Semaphore(20)
        clients = [Client(server, channel, STREAM, publisher, polls=1 + 5 * (number % 11), style=number % 4) for number in range(CLIENTS)]
        running = [asyncio.ensure_future(client.run(joining, last)) for client in clients]
        while publisher.begun < MESSAGES or not all(client.is_upgraded for client in clients):
            for task in running:
                if task.done():
                    task.result()
            await asyncio.sleep(0.02)
        number = await asyncio.to_thread(publisher.stop)
        last.set_result(number)
        response = await asyncio.to_thread(server.publish, channel, "e", body(number))
        assert response.json()["subscribers"] == CLIENTS
        return number, await asyncio.gather(*running)

    with Publisher(server, channel, "e", rate=1_000) as publisher:
        number, received = asyncio.run(asyncio.wait_for(clients(publisher), PATIENCE * 4))
    assert all(end == number + 1 for _, end in received)
    assert max(first for first, _ in received) > min(first for first, _ in received)
