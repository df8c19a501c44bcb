"""A member of a room with nothing but `socket`, as a student writes it.

usage: room_member.py GROUP PORT NAME [INTERFACE_ADDRESS]     (default 127.0.0.1)

Prints `ready` once it has joined, then each datagram from anybody else as one line. Each line of
standard input goes to the room as `NAME: line`. Ends with its standard input.
"""
import os
import socket
import sys
import threading


def main():
    group, port, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    interface = sys.argv[4] if len(sys.argv) > 4 else "127.0.0.1"

    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    receiver.bind((group, port))
    membership = socket.inet_aton(group) + socket.inet_aton(interface)
    receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)

    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind((interface, 0))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
    own = sender.getsockname()

    def listen():
        while True:
            data, source = receiver.recvfrom(65535)
            if source != own:
                print(data.decode("utf-8", "replace"), flush=True)

    threading.Thread(target=listen, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        text = name + ": " + line.rstrip("\n")
        sender.sendto(text.encode("utf-8"), (group, port))


sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8")
main()
sys.stdout.flush()
# Not sys.exit: the thread that listens may be in the middle of printing.
os._exit(0)
