"""A lab protocol client with nothing but `socket`, as a student writes it.

usage: lab_client.py PORT COMMAND...     (the server is at 127.0.0.1)
commands: getdir | makeroom NAME ADDRESS PORT | deleteroom NAME | chat NAME

Carries the commands out in order over one connection and prints what came back.
"""
import socket
import sys


def receive(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            sys.exit("the server closed the connection")
        data += part
    return data


def field(text):
    data = text.encode("utf-8")
    return bytes([len(data)]) + data


def receive_field(sock, length):
    return receive(sock, length).decode("utf-8")


def main():
    words = sys.argv[2:]
    sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    while words:
        command = words.pop(0)
        if command == "getdir":
            sock.sendall(b"\x01")
            length = int.from_bytes(receive(sock, 8), "big")
            print("listing of %d bytes:" % length)
            print(receive(sock, length).decode("utf-8"), end="")
        elif command == "makeroom":
            name, address, port = words.pop(0), words.pop(0), words.pop(0)
            sock.sendall(b"\x02" + field(name) + field(address) + field(port))
            print("made", name)
        elif command == "deleteroom":
            name = words.pop(0)
            sock.sendall(b"\x03" + field(name))
            print("deleted", name)
        elif command == "chat":
            name = words.pop(0)
            sock.sendall(b"\x04" + field(name))
            length = receive(sock, 1)[0]
            if length == 0:
                print("no room", name)
            else:
                address = receive_field(sock, length)
                port = receive_field(sock, receive(sock, 1)[0])
                print("room %s is at %s port %s" % (name, address, port))
            print("then closed" if sock.recv(1) == b"" else "then more bytes")
            break
        else:
            sys.exit("what is " + command + "?")
    sock.close()


sys.stdout.reconfigure(encoding="utf-8")
main()
