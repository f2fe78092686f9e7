"""Emits as a backend does that has no sockets of its own. Arguments: URL of Redis, the channel of Redis, what to call as JSON lists of
positional arguments and named ones; bytes are {"bytes": "…"}, tuples {"tuple": […]}."""

import json
import sys

import socketio


def value(part):
    if isinstance(part, dict) and set(part) == {"bytes"}:
        return bytes.fromhex(part["bytes"])
    if isinstance(part, dict) and set(part) == {"tuple"}:
        return tuple(value(element) for element in part["tuple"])
    if isinstance(part, dict):
        return {name: value(member) for name, member in part.items()}
    if isinstance(part, list):
        return [value(element) for element in part]
    return part


url, channel, calls = sys.argv[1:]
manager = socketio.RedisManager(url, channel=channel, write_only=True)
for arguments, options in json.loads(calls):
    manager.emit(*value(arguments), **value(options))
