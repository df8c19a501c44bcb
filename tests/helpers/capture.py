"""Records what passes all network cards of the host it runs in, as it is on the wire, until its input ends.

Needs root; nothing but a raw socket (AF_PACKET). Says "ready" when it listens, and at the end how many
frames there were. The frames go one after the other into the file that is named.
"""

import select
import socket
import sys

with open(sys.argv[1], "wb") as record:
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * 1024 * 1024)
    print("ready", flush=True)
    count = 0
    while True:
        readable, _, _ = select.select([raw, sys.stdin], [], [])
        if raw in readable:
            record.write(raw.recv(65536))
            count += 1
        elif sys.stdin.read(1) == "":
            break
print("frames", count, flush=True)
