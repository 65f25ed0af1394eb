"""Reads requests with httptools, and bounds what none of its callers ever sees the end of.

httptools is much quicker than uvicorn's other reader, h11, but has no limit of its own for
the head of a request, nor for what may follow a body that comes in pieces.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 64 * 1024
"""So many bytes may come at most without a head or a piece of a body coming to its end."""


class BoundedHead(HttpToolsProtocol):
    """Answers 400 and hangs up where a head doesn't end."""

    _waiting = 0

    def data_received(self, data: bytes) -> None:
        self._waiting += len(data)
        super().data_received(data)
        if self._waiting > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        self._waiting = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._waiting = 0
        super().on_body(body)
