"""What a drain owes: everything that has its 200 reaches those who read, on either transport, before they are told to go."""

import signal
import socket

from harness.http import JSON, publish_request, request
from harness.server import Server


def test_a_long_poller_fetches_all_that_it_is_owed(own_binary):
    with Server() as server, server.connect() as poller:

        def exchange(data):
            poller.send(data)
            return poller.response()

        target = "/socket.io/?EIO=4&transport=polling"
        target += "&sid=" + exchange(request("GET", target)).body.decode().split('"sid":"')[1].split('"')[0]
        exchange(request("POST", target, b"40", [("Content-Type", "text/plain")]))
        exchange(request("POST", target, b'420["subscribe","a"]', [("Content-Type", "text/plain")]))
        exchange(request("GET", target))
        for number in range(100):
            assert server.publish("a", "e", b"%d" % number).status == 200
        server.process.send_signal(signal.SIGTERM)
        packets = []
        while "1" not in packets:
            packets += exchange(request("GET", target)).body.decode().split("\x1e")
        assert packets[:100] == [f'42["e",{number}]' for number in range(100)]
        assert packets[100:] in (["1"], ["6", "1"])
        assert server.process.wait(timeout=30) == 0


def test_a_publish_that_was_begun_reaches_who_is_still_there(own_binary):
    with Server() as server, server.connect() as listener:
        target = "/socket.io/?EIO=4&transport=polling"
        listener.send(request("GET", target))
        target += "&sid=" + listener.response().body.decode().split('"sid":"')[1].split('"')[0]
        for body in (b"40", b'420["subscribe","a"]'):
            listener.send(request("POST", target, body, [("Content-Type", "text/plain")]))
            listener.response()
        listener.send(request("GET", target))
        listener.response()
        listener.send(request("GET", target))
        with server.connect() as publisher:
            data = publish_request("a", "e", b"12345", [JSON])
            publisher.send(data[:-3])
            # The server has the head once it answers somebody who came later.
            assert server.is_alive()
            server.process.send_signal(signal.SIGTERM)
            until_refused(server)
            publisher.send(data[-3:])
            answer = publisher.response()
            assert answer.status == 200 and answer.json()["subscribers"] == 1
            assert listener.response().body == b'42["e",12345]'
        assert server.process.wait(timeout=30) == 0


def until_refused(server):
    while True:
        try:
            socket.create_connection(server.address, timeout=1).close()
        except OSError:
            return
