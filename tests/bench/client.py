"""The one client for every server: requests as bytes, sent over connections that stay open; times come back.

Written on bare sockets, because on the same cores every microsecond of the client is one the server does not get.
"""

import itertools
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_CHUNK = 1 << 16


@dataclass(slots=True)
class Outcome:
    """Milliseconds of each answer of status 200, how many were others, and the seconds that all took together."""

    times: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0

    def add(self, other: "Outcome") -> None:
        """Add what was measured after this."""
        self.times += other.times
        self.failed += other.failed
        self.seconds += other.seconds

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0


def get(host: str, path: str) -> bytes:
    """Return a GET request as it is sent."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode("ascii")


def post(host: str, path: str, body: bytes) -> bytes:
    """Return a POST request of JSON as it is sent."""
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode("ascii") + b"\r\n\r\n" + body


def run(
    host: str, port: int, requests: Sequence[bytes], *, connections: int, seconds: float, patience: float
) -> Outcome:
    """Send the requests over so many connections, as many as begin within `seconds`.

    An answer may take `patience` seconds; a connection that waits in vain, or finds nobody, is given up.
    """
    outcome = Outcome()
    number = itertools.count()  # drawn from by every connection; a step of it is atomic
    begun = time.perf_counter()

    def work() -> None:
        with _Connection(host, port, timeout=patience) as connection:
            while (mine := next(number)) < len(requests) and (sent := time.perf_counter()) - begun < seconds:
                status = connection.ask(requests[mine])
                if status == 200:
                    outcome.times.append((time.perf_counter() - sent) * 1000)
                    continue
                outcome.failed += 1
                if not status:
                    break

    threads = [threading.Thread(target=work, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.perf_counter() - begun
    return outcome


class _Connection:
    """One connection; opened again where the server closed it."""

    def __init__(self, host: str, port: int, *, timeout: float) -> None:
        self._address = (host, port)
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    def ask(self, request: bytes) -> int:
        """Send a request, take the whole answer and return its status; 0 where there was none."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._address, timeout=self._timeout)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(request)
            return self._answer(self._socket)
        except (OSError, ValueError):
            self._close()
            return 0

    def _answer(self, connection: socket.socket) -> int:
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += _received(connection)
        head = bytes(data[:end]).lower()
        body = len(data) - end - 4
        if b"transfer-encoding: chunked" in head:
            while not data.endswith(b"0\r\n\r\n"):
                data += _received(connection)
        else:
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
            while body < length:
                body += len(_received(connection))
        if b"connection: close" in head:
            self._close()
        return int(head[9:12])

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _received(connection: socket.socket) -> bytes:
    if not (data := connection.recv(_CHUNK)):
        raise ConnectionResetError("the server closed the connection")
    return data
