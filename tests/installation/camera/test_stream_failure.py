"""What a camera over rtsp says when it gives no picture."""

from __future__ import annotations

import socket
import threading

import pytest

from installation.camera.stream_failure import NO_ANSWER, why_no_picture


def ask(answer: bytes, login: str = "") -> tuple[str, bytes]:
    """What is told, and the question that the camera got."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as camera:

        def reply() -> None:
            link, _ = camera.accept()
            with link:
                asked.append(link.recv(4096))
                link.sendall(answer)

        thread = threading.Thread(target=reply)
        thread.start()
        told = why_no_picture(f"rtsp://{login}127.0.0.1:{camera.getsockname()[1]}/stream")
        thread.join()
    return told, asked[0]


@pytest.mark.parametrize(
    ("answer", "login", "told"),
    [
        (b"RTSP/1.0 401 Unauthorized\r\n\r\n", "", "asks for a password"),
        (b"RTSP/1.0 401 Unauthorized\r\n\r\n", "anna:pass@", "rejects this user or password"),
        (b"RTSP/1.0 404 Not Found\r\n\r\n", "", "has nothing at this address"),
        (b"RTSP/1.0 503 Busy\r\n\r\n", "", "answered with an error (503)"),
        (b"", "", NO_ANSWER),
        (b"SSH-2.0-OpenSSH\r\n", "", NO_ANSWER),
        (b"\xff\x00 \xfe", "", NO_ANSWER),
    ],
)
def test_a_stream_over_rtsp_is_asked_why(answer: bytes, login: str, told: str) -> None:
    words, asked = ask(answer, login)
    assert told in words
    assert asked.startswith(b"DESCRIBE rtsp://127.0.0.1:")
    assert b"anna" not in asked, "the password goes in its own header, not in the address"


def test_where_nothing_listens_the_network_is_to_be_checked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for scheme in ("http", "rtsp", "udp"):
        assert why_no_picture(f"{scheme}://127.0.0.1:{port}/x") == NO_ANSWER
