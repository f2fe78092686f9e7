"""Nothing lost, nothing twice, in order, to many."""

import asyncio
import json
import threading

import socketio
from websockets.asyncio.client import connect

from harness import LONG, PATIENCE
from harness.http import publish_request
from harness.subscriber import Subscriber, event_packet

CLIENTS = 200
MESSAGES = 500 if LONG else 50


def publish_all(server, channel, bodies):
    """Publishes one after the other on one connection; the counts of subscribers."""
    counts = []
    with server.connect() as connection:
        for body in bodies:
            connection.send(publish_request(channel, "e", body))
            response = connection.response()
            assert response.status == 200, response
            counts.append(response.json()["subscribers"])
    return counts


def test_200_clients_get_every_message_once_and_in_order(server, channel):
    bodies = [b'{"n":%d}' % number for number in range(MESSAGES)]

    async def subscribe():
        websocket = await connect(server.websocket_url, compression=None, ping_interval=None, proxy=None)
        assert (await websocket.recv()).startswith("0{")
        await websocket.send("40")
        assert (await websocket.recv()).startswith("40{")
        await websocket.send(f'421["subscribe","{channel}"]')
        assert await websocket.recv() == f'431["Entered room: {channel}"]'
        return websocket

    async def receive(websocket):
        packets = []
        while len(packets) < len(bodies):
            packet = await websocket.recv(decode=False)
            if packet == b"2":
                await websocket.send("3")
            else:
                packets.append(packet)
        return packets

    async def run():
        websockets = await asyncio.gather(*(subscribe() for _ in range(CLIENTS)))
        publishing = asyncio.to_thread(publish_all, server, channel, bodies)
        counts, *received = await asyncio.gather(publishing, *(receive(websocket) for websocket in websockets))
        # One more message: whatever came twice or late would stand before it.
        await asyncio.to_thread(publish_all, server, channel, [b"0"])
        for websocket in websockets:
            assert await websocket.recv(decode=False) == event_packet("e", b"0")
        await asyncio.gather(*(websocket.close() for websocket in websockets))
        return counts, received

    counts, received = asyncio.run(asyncio.wait_for(run(), PATIENCE * 3))
    assert counts == [CLIENTS] * MESSAGES
    expected = [event_packet("e", body) for body in bodies]
    for packets in received:
        assert packets == expected


def test_a_thousand_messages_keep_their_order(server, channel):
    bodies = [b"%d" % number for number in range(10_000 if LONG else 1_000)]
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        assert publish_all(server, channel, bodies) == [1] * len(bodies)
        for body in bodies:
            assert subscriber.packet() == event_packet("e", body)


def test_all_subscribers_see_the_same_order_of_many_publishers(server, channel):
    publishers, each = 8, 500 if LONG else 50
    subscribers = [Subscriber(server).subscribe(channel) for _ in range(10)]
    threads = [
        threading.Thread(target=publish_all, args=(server, channel, [b"[%d,%d]" % (publisher, number) for number in range(each)]))
        for publisher in range(publishers)
    ]
    for thread in threads:
        thread.start()
    orders = [[json.loads(subscriber.packet()[2:])[1] for _ in range(publishers * each)] for subscriber in subscribers]
    for thread in threads:
        thread.join()
    assert all(order == orders[0] for order in orders)
    for publisher in range(publishers):
        assert [number for source, number in orders[0] if source == publisher] == list(range(each))
    for subscriber in subscribers:
        subscriber.close()


def test_large_messages_reach_every_client_whole(server, channel):
    """Several messages of nearly the largest size: more than fits into any socket's buffer at once."""
    body = b'"' + b"x" * 900_000 + b'"'
    subscribers = [Subscriber(server).subscribe(channel) for _ in range(5)]
    for round_number in range(4):
        assert server.publish(channel, "e", body, headers=[("Prefer", "return=minimal")]).body == b'{"subscribers":5}'
        for subscriber in subscribers:
            assert subscriber.packet() == event_packet("e", body), f"round {round_number}"
    for subscriber in subscribers:
        subscriber.close()


def test_a_closed_connection_is_no_subscriber(server, channel):
    with Subscriber(server) as staying:
        staying.subscribe(channel)
        leaving = Subscriber(server).subscribe(channel)
        assert server.publish(channel, "e", b"0").json()["subscribers"] == 2
        leaving.close()
        sent = 1
        while server.publish(channel, "e", b"%d" % sent).json()["subscribers"] != 1:
            sent += 1
            assert sent < 10_000, "the subscription stays"
        for number in range(sent + 1):
            assert staying.packet() == event_packet("e", b"%d" % number)


def test_the_python_client_gets_every_message_once_and_in_order(server, channel):
    """python-socketio's asynchronous client, twenty of them."""

    async def run():
        loop = asyncio.get_running_loop()
        clients, received, done = [], [], []
        for _ in range(20):
            client = socketio.AsyncClient(reconnection=False)
            messages, finished = [], loop.create_future()

            def on_message(*arguments, messages=messages, finished=finished):
                messages.append(arguments)
                if len(messages) == MESSAGES:
                    finished.set_result(None)

            client.on("e", on_message)
            await client.connect(server.url, transports=["websocket"], wait_timeout=PATIENCE)
            assert await client.call("subscribe", channel, timeout=PATIENCE) == f"Entered room: {channel}"
            clients.append(client)
            received.append(messages)
            done.append(finished)
        payloads = [{"n": number, "text": "é", "list": [1, 2.5, None, True]} for number in range(MESSAGES)]
        await asyncio.to_thread(publish_all, server, channel, [json.dumps(payload).encode() for payload in payloads])
        await asyncio.gather(*done)
        for client in clients:
            assert await client.call("unsubscribe", channel, timeout=PATIENCE) == f"Left room: {channel}"
        for messages in received:
            assert messages == [(payload,) for payload in payloads]
        for client in clients:
            await client.disconnect()

    asyncio.run(asyncio.wait_for(run(), PATIENCE * 3))


def test_the_simple_python_client_subscribes_in_every_form(server, channel):
    with socketio.SimpleClient() as client:
        client.connect(server.url, transports=["websocket"], wait_timeout=PATIENCE)
        assert client.call("subscribe", channel, timeout=PATIENCE) == f"Entered room: {channel}"
        assert client.call("subscribe", {"channel": channel}, timeout=PATIENCE) == {"ok": True, "channel": channel}
        expected = [{"ok": True, "channel": channel}, {"ok": True, "channel": channel + "-2"}]
        assert client.call("subscribe", [channel, channel + "-2"], timeout=PATIENCE) == expected
        assert client.call("subscribe", (channel, channel + "-2"), timeout=PATIENCE) == expected
        assert client.call("subscribe", 5, timeout=PATIENCE)["error"]["code"] == "bad_request"
        assert server.publish(channel, "news", b'{"a":[1,null]}').json()["subscribers"] == 1
        assert client.receive(timeout=PATIENCE) == ["news", {"a": [1, None]}]
