"""A network is fetched whole and right, or nothing is kept and the technician learns why."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.errors import BadInput, Exit, Unavailable
from installation.cli import app
from installation.host import fetch
from installation.host.fetch import DOWNLOADS, Download

CONTENT = bytes(range(256)) * 800
KNOWN = Download("http://nowhere.invalid/net.onnx", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "a network")


@contextmanager
def serving(content: bytes, status: int = 200, promised: int | None = None) -> Iterator[str]:
    """A real web server on this machine with one file; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content) if promised is None else promised))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/net.onnx"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_right_file_arrives_whole_with_its_progress_told(tmp_path: Path) -> None:
    shares: list[float] = []
    path = tmp_path / "new folder" / "net.onnx"
    with serving(CONTENT) as address:
        fetch.fetch(KNOWN, path, address, shares.append)
    assert path.read_bytes() == CONTENT
    assert shares[-1] == 1.0
    assert fetch.is_here(KNOWN, path)


@pytest.mark.parametrize("wrong", [CONTENT[:-1], CONTENT + b"x", b"version https://git-lfs.github.com/spec/v1\n"])
def test_something_else_is_not_kept_and_what_was_there_stays(tmp_path: Path, wrong: bytes) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"old")
    with serving(wrong) as address, pytest.raises(BadInput, match="sha256"):
        fetch.fetch(KNOWN, path, address)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_endless_answer_is_not_read_to_its_end(tmp_path: Path) -> None:
    with serving(CONTENT * 50) as address, pytest.raises(BadInput):
        fetch.fetch(KNOWN, tmp_path / "net.onnx", address)


def test_a_connection_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    with serving(CONTENT[:1000], promised=len(CONTENT)) as address, pytest.raises((Unavailable, BadInput)):
        fetch.fetch(KNOWN, tmp_path / "net.onnx", address)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_address_and_no_network_are_told_with_the_other_way(tmp_path: Path) -> None:
    with serving(b"", status=404) as address, pytest.raises(Unavailable, match="Not Found"):
        fetch.fetch(KNOWN, tmp_path / "net.onnx", address)
    with pytest.raises(Unavailable, match="USB stick"):
        fetch.fetch(KNOWN, tmp_path / "net.onnx", address)  # the server has closed: connection refused
    with pytest.raises(Unavailable, match="cannot be downloaded"):
        fetch.fetch(KNOWN, tmp_path / "net.onnx", "no address at all")


def test_the_command_fetches_and_says_what_to_write_into_the_venue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DOWNLOADS, "yunet", KNOWN)
    path = tmp_path / "net.onnx"
    with serving(CONTENT) as address:
        ran = CliRunner().invoke(app, ["models", "get", "yunet", "--from", address, "--to", str(path)])
    assert ran.exit_code == Exit.OK
    assert f'detector_file = "{path.as_posix()}"' in ran.stdout
    again = CliRunner().invoke(app, ["models", "get", "yunet", "--to", str(path)])
    assert "is already there" in again.stdout


def test_the_commands_exit_codes_tell_no_network_from_a_wrong_file(tmp_path: Path) -> None:
    with serving(b"something else") as address:
        wrong = CliRunner().invoke(app, ["models", "get", "yunet", "--from", address, "--to", str(tmp_path / "a")])
    gone = CliRunner().invoke(app, ["models", "get", "yunet", "--from", address, "--to", str(tmp_path / "a")])
    misspelt = CliRunner().invoke(app, ["models", "get", "yunett"])
    assert (wrong.exit_code, gone.exit_code) == (Exit.BAD_CONFIGURATION, Exit.UNAVAILABLE)
    assert misspelt.exit_code == Exit.BAD_CONFIGURATION
    assert "did you mean 'yunet'?" in misspelt.stderr


def test_the_list_tells_what_is_here_and_how_to_get_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DOWNLOADS, "yunet", KNOWN)
    monkeypatch.setattr(fetch, "models_folder", lambda: tmp_path)
    wide = CliRunner(env={"COLUMNS": "250"})
    assert "chiaro models get yunet" in wide.invoke(app, ["models", "list"]).stdout
    (tmp_path / KNOWN.file_name).write_bytes(CONTENT)
    assert "chiaro models get yunet" not in wide.invoke(app, ["models", "list"]).stdout
