"""What the kernel knows: whether the server has read what it was sent."""

import errno
import os
import socket
import struct
import time

from harness import PATIENCE

# sock_diag(7): the state of one TCP socket, which is asked for by its two addresses.
NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, NLMSG_ERROR = 4, 20, 1, 2
HEADER, REQUEST = struct.Struct("=IHHII"), struct.Struct("=BBBBI")
ANY_STATE, NO_COOKIE = 0xFFFFFFFF, b"\xff" * 8
#: struct inet_diag_msg: four bytes, the addresses, the timer, then the bytes that wait to be read.
QUEUE = struct.Struct("=4x48x4xI")


def settled(connection):
    """Returns when the server has read all that this connection has sent it. Where the kernel does not tell, at once."""
    deadline = time.monotonic() + PATIENCE
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_SOCK_DIAG) as netlink:
        while _unread(netlink, connection.socket):
            assert time.monotonic() < deadline, "the server does not read"
            time.sleep(0.001)


def _unread(netlink, ours):
    """Bytes that wait at the other end of the connection, if that is on this machine."""
    (here, our_port), (there, their_port) = ours.getsockname(), ours.getpeername()
    addresses = struct.pack(">HH4s12x4s12x", their_port, our_port, socket.inet_aton(there), socket.inet_aton(here))
    request = REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0, ANY_STATE) + addresses + bytes(4) + NO_COOKIE
    netlink.send(HEADER.pack(HEADER.size + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0) + request)
    answer = netlink.recv(4096)
    _, kind, _, _, _ = HEADER.unpack_from(answer)
    if kind == NLMSG_ERROR:
        (error,) = struct.unpack_from("=i", answer, HEADER.size)
        assert -error in (errno.ENOENT, errno.EOPNOTSUPP), os.strerror(-error)
        return 0
    (unread,) = QUEUE.unpack_from(answer, HEADER.size)
    return unread
