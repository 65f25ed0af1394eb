"""A host outside, on loopback: a real server whose every answer a test writes byte by byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[[socket.socket], None]


def answer(
    body: bytes = b"{}",
    status: str = "200 OK",
    kind: str = "application/json",
    *headers: str,
    length: int | None = None,
) -> Answer:
    """Return what sends one whole answer; `length` may say something else than what is sent."""

    def send(connection: socket.socket) -> None:
        lines = [
            f"HTTP/1.1 {status}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body) if length is None else length}",
            "Connection: close",
            *headers,
        ]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return send


@dataclass
class Host:
    """What it answers by path, and what it was asked."""

    port: int
    scheme: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return self.origin + path


def _serve(host: Host, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
    try:
        with connection:
            connection.settimeout(10)
            talk = tls.wrap_socket(connection, server_side=True) if tls else connection
            with talk:
                heard = b""
                while b"\r\n\r\n" not in heard:
                    more = talk.recv(4096)
                    if not more:
                        return
                    heard += more
                request = heard.decode("latin-1")
                host.asked.append(request)
                path = request.split(" ")[1]
                gone = answer(status="404 Not Found")
                host.answers.get(path, gone)(talk)
    except OSError:
        return  # whoever asked has hung up, as some tests want


@contextmanager
def host_outside(tls: ssl.SSLContext | None = None) -> Iterator[Host]:
    """Give a host that listens until the end of the block."""
    door = socket.create_server(("127.0.0.1", 0))
    host = Host(door.getsockname()[1], "https" if tls else "http")
    threads: list[threading.Thread] = []

    def listen() -> None:
        while True:
            try:
                connection, _ = door.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=_serve, args=(host, connection, tls)))
            threads[-1].start()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield host
    finally:
        host.over.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        listener.join()
        for thread in threads:
            thread.join()
