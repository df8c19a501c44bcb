"""Does to a lab server what Deno's sockets cannot: closing with a reset (SO_LINGER 0).

usage: lab_abuse.py PORT COUNT HEX TIMES     (the server is at 127.0.0.1)

Opens COUNT connections, sends the bytes so many times on each, prints `sent`, waits for a line of standard
input, then resets all connections and prints `reset`.
"""
import socket
import struct
import sys


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    data = bytes.fromhex(sys.argv[3]) * int(sys.argv[4])
    sockets = []
    for _ in range(count):
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.sendall(data)
        sockets.append(sock)
    print("sent", flush=True)
    sys.stdin.readline()
    for sock in sockets:
        sock.close()
    print("reset", flush=True)


main()
