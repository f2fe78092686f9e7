"""python-socketio over TLS."""

import ssl
from contextlib import asynccontextmanager

import aiohttp
import socketio

from harness import PATIENCE


@asynccontextmanager
async def secure_client(url, authority, **options):
    """A connected client that trusts `authority` (a PEM file), and the list to which the data of each `tick` is added.

    The client on asyncio, as the other one reads and writes its TLS connection on two threads at once, which Python's ssl does not always
    survive: one session in a few hundred ends with a clean shutdown from the client's side, whatever the server is.
    """
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=authority))
    async with aiohttp.ClientSession(connector=connector) as session:
        client, heard = socketio.AsyncClient(reconnection=False, http_session=session), []
        client.on("tick", heard.append)
        await client.connect(url, wait_timeout=PATIENCE, **options)
        try:
            yield client, heard
        finally:
            await client.disconnect()
