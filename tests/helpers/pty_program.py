#!/usr/bin/env python3
"""Runs a program in a pseudo-terminal that is read only when the test says so.

usage: pty_program.py COMMAND [ARGUMENT...]

Reads commands from standard input, one a line:
  type TEXT     types the text and Enter
  until TEXT    reads what the program prints until the text comes, then prints "seen TEXT"
  lines N REGEX reads until there are N different matches in all that was read, then prints "lines N"
  memory        prints how much memory the program takes: "memory 12345 KiB" (0 where there is no /proc)
  hang-up       closes the terminal, then prints how the program ended: "ended 129"
The first line that is printed is "pid N".
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios


def main(command):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    print("pid", pid, flush=True)
    text = ""
    mark = 0
    for line in sys.stdin:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb == "type":
            os.write(terminal, rest.encode() + b"\r")
        elif verb == "until":
            while rest not in text[mark:]:
                text += os.read(terminal, 65536).decode("utf-8", "replace")
            mark = text.index(rest, mark) + len(rest)
            print("seen", rest, flush=True)
        elif verb == "lines":
            count, _, pattern = rest.partition(" ")
            found = set()
            while len(found) < int(count):
                # What is drawn anew is the same line.
                found.update(re.findall(pattern, text))
                if len(found) < int(count):
                    text += os.read(terminal, 65536).decode("utf-8", "replace")
            print("lines", len(found), flush=True)
        elif verb == "memory":
            try:
                with open(f"/proc/{pid}/status", encoding="ascii") as status:
                    used = re.search(r"VmRSS:\s*(\d+)", status.read()).group(1)
            except FileNotFoundError:
                used = 0
            print("memory", used, "KiB", flush=True)
        elif verb == "hang-up":
            os.close(terminal)
            status = os.waitpid(pid, 0)[1]
            print("ended", os.waitstatus_to_exitcode(status), flush=True)
            return


main(sys.argv[1:])
