"""The usual lab solution, written fairly: one thread, select(), the lab protocol.

It reads each field with exact receives, keeps the rooms in a list, builds the listing for each
request and listens with a backlog of 10. The bench measures against it; it is no part of the system.
"""

import select
import socket
import sys

GETDIR, MAKEROOM, DELETEROOM, CHAT = 1, 2, 3, 4
BACKLOG = 10


def receive(connection, count):
    """Receives exactly `count` bytes; raises EOFError if the client closes before that."""
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def receive_field(connection):
    length = receive(connection, 1)[0]
    return receive(connection, length).decode("utf-8")


def serve(connection, rooms):
    """Answers one request; returns False when the connection is over."""
    opcode = receive(connection, 1)[0]
    if opcode == GETDIR:
        listing = "".join(f"{n}: {a}:{p}\n" for n, a, p in rooms).encode("utf-8")
        connection.sendall(len(listing).to_bytes(8, "big") + listing)
        return True
    if opcode == MAKEROOM:
        name, address, port = (receive_field(connection) for _ in range(3))
        if not any(n == name or (a, p) == (address, int(port)) for n, a, p in rooms):
            rooms.append((name, address, int(port)))
        return True
    if opcode == DELETEROOM:
        name = receive_field(connection)
        rooms[:] = [room for room in rooms if room[0] != name]
        return True
    if opcode == CHAT:
        name = receive_field(connection)
        found = next((room for room in rooms if room[0] == name), None)
        if found is None:
            connection.sendall(b"\0")
        else:
            address, port = found[1].encode(), str(found[2]).encode()
            connection.sendall(bytes([len(address)]) + address + bytes([len(port)]) + port)
    return False


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(BACKLOG)
    print(f"Chat Room Directory Server listening on port {listener.getsockname()[1]}...", flush=True)
    connections = []
    rooms = []
    while True:
        readable, _, _ = select.select([listener, *connections], [], [])
        for ready in readable:
            if ready is listener:
                connections.append(listener.accept()[0])
                continue
            try:
                alive = serve(ready, rooms)
            except (EOFError, OSError):
                alive = False
            if not alive:
                connections.remove(ready)
                ready.close()


if __name__ == "__main__":
    try:
        main()
    except ValueError as error:  # select() takes no descriptor above 1,023
        sys.exit(f"The select server ended: {error}.")
