"""A program that speaks libpcsclite's protocol itself, to see the stand-in for pcscd from outside."""

import socket
import time

from simulators.pcscd import messages as pm
from simulators.pcscd.messages import Say

NAME = b"ACS ACR122U PICC Interface 00 00"


class Program:
    """A client that speaks the protocol itself."""

    def __init__(self, path):
        self.line = socket.socket(socket.AF_UNIX)
        self.line.settimeout(5)
        self.line.connect(path)

    def say(self, number, body, answer):
        self.line.sendall(pm.HEADER.pack(len(body), number) + body)
        return answer.unpack(self.read(answer.size)) if answer else None

    def read(self, size):
        data = b""
        while len(data) < size:
            piece = self.line.recv(size - len(data))
            assert piece, "hung up"
            data += piece
        return data

    def connect(self, share=pm.SHARE_SHARED, wanted=3, name=NAME):
        body = pm.CONNECT.pack(1, name, share, wanted, 0, 0, 0)
        *_, handle, protocol, result = self.say(Say.CONNECT, body, pm.CONNECT)
        return handle, protocol, result

    def transmit(self, handle, command):
        raw = bytes.fromhex(command)
        body = pm.TRANSMIT.pack(handle, 2, 16, len(raw), 0, 0, 65536, 0)
        self.line.sendall(pm.HEADER.pack(len(body), Say.TRANSMIT) + body + raw)
        *_, size, result = pm.TRANSMIT.unpack(self.read(pm.TRANSMIT.size))
        return self.read(size).hex(), result

    def states(self):
        self.line.sendall(pm.HEADER.pack(0, Say.READERS_STATE))
        return self.read(16 * 184)


def wait_until(holds):
    """Does it come true within two seconds?"""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return False
