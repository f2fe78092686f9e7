"""The first python-socketio that speaks protocol 5, driven and watched line by line: URL, channel, transports with commas. Prints, in JSON,
the ack of its subscription, the transport, and each event's arguments, until standard input ends."""

import json
import sys

import socketio

url, channel, transports = sys.argv[1:]
assert socketio.__version__.startswith("5.0."), socketio.__version__


def report(*values):
    """One write a line: this version calls each handler on a thread of its own."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def subscribed(answer):
    report(answer)
    report(client.transport())


client = socketio.Client(reconnection=False)
# This version's connect() does not wait for the namespace.
client.on("connect", lambda: client.emit("subscribe", channel, callback=subscribed))
client.on("e", report)
client.connect(url, transports=transports.split(","))
sys.stdin.read()
client.disconnect()
