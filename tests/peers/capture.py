"""Writes down everything that passes the network cards of this machine, as a neighbour with a packet
sniffer would.

usage: capture.py PORT SERVER_FILE OTHER_FILE

TCP to and from PORT goes to SERVER_FILE, all other IPv4 to OTHER_FILE: the payloads, a line feed behind
each. Prints `ready` once it listens, and ends with its standard input. Needs root and Linux.
"""
import os
import socket
import struct
import sys
import threading

ETH_P_ALL = 3


def payload(frame):
    """Returns the ports and what a frame carries, or None if it is no TCP or UDP over IPv4."""
    if frame[12:14] != b"\x08\x00":
        return None
    packet = frame[14:]
    head = (packet[0] & 15) * 4
    size = struct.unpack("!H", packet[2:4])[0]
    kind, rest = packet[9], packet[head:size]
    if kind not in (6, 17):
        return None
    ports = struct.unpack("!HH", rest[:4])
    start = (rest[12] >> 4) * 4 if kind == 6 else 8
    return kind == 6, ports, rest[start:]


def main():
    port, files = int(sys.argv[1]), [open(name, "wb", 0) for name in sys.argv[2:4]]
    sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sniffer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * 1024 * 1024)

    def listen():
        while True:
            found = payload(sniffer.recv(65535))
            if found is None:
                continue
            is_tcp, ports, data = found
            files[0 if is_tcp and port in ports else 1].write(data + b"\n")

    threading.Thread(target=listen, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)


main()
