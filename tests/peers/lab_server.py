"""A minimal lab protocol server with `socket` and `threading`, as a student writes it.

usage: lab_server.py [PORT]     (listens on 127.0.0.1; without PORT on a free one)

Prints `listening on PORT`, then one line per request. Checks nothing but taken names.
"""
import socket
import sys
import threading

rooms = {}
lock = threading.Lock()


def receive(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def receive_field(sock):
    return receive(sock, receive(sock, 1)[0]).decode("utf-8")


def field(text):
    data = text.encode("utf-8")
    return bytes([len(data)]) + data


def say(*words):
    # In one piece: other threads write, too.
    print(" ".join(map(str, words)) + "\n", end="", flush=True)


def serve(sock):
    try:
        while True:
            opcode = receive(sock, 1)[0]
            if opcode == 1:
                with lock:
                    lines = ["%s: %s:%s\n" % (name, *rooms[name]) for name in rooms]
                data = "".join(lines).encode("utf-8")
                sock.sendall(len(data).to_bytes(8, "big") + data)
                say("getdir")
            elif opcode == 2:
                name, address, port = receive_field(sock), receive_field(sock), receive_field(sock)
                with lock:
                    rooms.setdefault(name, (address, port))
                say("makeroom", name, address, port)
            elif opcode == 3:
                name = receive_field(sock)
                with lock:
                    rooms.pop(name, None)
                say("deleteroom", name)
            elif opcode == 4:
                name = receive_field(sock)
                with lock:
                    room = rooms.get(name)
                sock.sendall(b"\x00" if room is None else field(room[0]) + field(room[1]))
                say("chat", name)
                return
            else:
                say("unknown opcode", opcode)
                return
    except (EOFError, ConnectionError):
        pass
    finally:
        sock.close()


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    listener.listen()
    say("listening on", listener.getsockname()[1])
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=serve, args=(sock,), daemon=True).start()


sys.stdout.reconfigure(encoding="utf-8")
main()
