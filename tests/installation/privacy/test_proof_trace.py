"""What strace writes is read as it was meant: by real small programs that write and send."""

from pathlib import Path

from installation.privacy.proof_channels import FILE, INSIDE, LISTENING, MEMORY, Channel, Traffic
from installation.privacy.proof_trace import parse_line
from tests.installation.privacy.straced import straced

PROGRAM = """
import os, socket, subprocess, sys, threading
from pathlib import Path

out = Path("out"); out.mkdir()
with (out / "a name, with ) and > in it").open("wb") as file:
    file.write(b"\\xff\\xd8 first \\x00")
    file.flush()
    (out / "a name, with ) and > in it").unlink()
    file.write(b"second")
(out / "old").write_text("moved")
(out / "old").rename(out / "new")
thread = threading.Thread(target=lambda: (out / "thread").write_bytes(b"by a thread"))
thread.start(); thread.join()
big = os.urandom(3_000_000)
(out / "big").write_bytes(big)

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.sendto(b"to an address", ("127.0.0.1", 47111))
udp.connect(("127.0.0.1", 47112))
udp.send(b"connected")
other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
other.sendmsg([b"in ", b"pieces"], [], 0, ("127.0.0.1", 47113))

ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
ours.send(b"between us")

server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen()
port = server.getsockname()[1]
client = socket.create_connection(("127.0.0.1", port))
answer, _ = server.accept()
client.sendall(b"question"); answer.sendall(b"answer")
print("port", port)

place = socket.socket(socket.AF_UNIX); place.bind("out/named"); place.listen()
asking = socket.socket(socket.AF_UNIX); asking.connect("out/named"); asking.sendall(b"by name")
if hasattr(os, "memfd_create"):
    os.memfd_create("hidden")
subprocess.run([sys.executable, "-S", "-c", "open('out/child', 'w').write('by a child')"])
sys.stdout.flush()
"""


def test_each_way_out_of_a_program_is_a_channel(tmp_path: Path) -> None:
    traffic = straced(tmp_path, PROGRAM)
    out = tmp_path / "code" / "out"

    def of(kind: str, name: str) -> Channel:
        (found,) = [one for one in traffic.channels.values() if (one.kind, one.name) == (kind, name)]
        return found

    odd = of(FILE, str(out / "a name, with ) and > in it"))
    assert odd.stream == b"\xff\xd8 first \x00second"  # also what was written after its name was gone
    assert odd.process == "watched"
    assert of(FILE, str(out / "old")).stream == b"moved"
    assert of(FILE, str(out / "new")).how == {"renamed"}
    assert of(FILE, str(out / "thread")).process == "watched"
    big = of(FILE, str(out / "big"))
    assert (big.size, big.unseen) == (3_000_000, 3_000_000 - (1 << 20))
    assert of("udp", "127.0.0.1:47111").stream == b"to an address"
    assert of("udp", "127.0.0.1:47112").messages == [b"connected"]
    assert of("udp", "127.0.0.1:47113").messages == [b"in pieces"]
    assert b"between us" in of(INSIDE, "other processes of the show").messages
    tcp = {one.kind: one.stream for one in traffic.channels.values() if one.stream in (b"answer", b"question")}
    assert tcp == {"tcp": b"question", "answering": b"answer"}
    assert "tcp 127.0.0.1:0" in names(traffic, LISTENING)
    assert [one.stream for one in traffic.channels.values() if one.name == "out/named" and one.kind == "unix"] == [
        b"by name"
    ]
    assert [one for one in traffic.channels.values() if one.kind == MEMORY]
    child = [one for one in traffic.channels.values() if one.name.endswith("/child")]
    assert [one.stream for one in child] == [b"by a child"]
    assert child[0].process != "watched"
    assert any("-S" in command for _, command in traffic.programs)


def test_what_is_only_read_is_no_channel(tmp_path: Path) -> None:
    (tmp_path / "read").write_text("x")
    traffic = straced(tmp_path, f"open({str(tmp_path / 'read')!r}).read()\nopen('/dev/null', 'w')")
    assert names(traffic, FILE) == {"/dev/null"}


def test_pipes_that_came_from_outside_are_not_inside(tmp_path: Path) -> None:
    """What the program prints goes to who started it."""
    traffic = straced(tmp_path, "print('printed', flush=True)")
    assert [one.kind for one in traffic.channels.values() if b"printed" in one.stream] == [FILE]


def test_a_call_in_which_the_thread_ended_counts_as_made() -> None:
    call = parse_line('1.5 write(1<\\x2f\\x61>, "\\x68\\x69", 2 <unfinished ...>\n', 7)
    assert call is not None
    assert (call.result, call.descriptors(), call.messages()[0][0]) == (None, ["/a"], b"hi")


def test_lines_that_are_no_calls_are_passed_over() -> None:
    assert parse_line("1.5 +++ exited with 0 +++\n", 7) is None
    assert parse_line("1.5 --- SIGTERM {si_signo=SIGTERM} ---\n", 7) is None


def names(traffic: Traffic, kind: str) -> set[str]:
    """Of all channels of that kind."""
    return {one.name for one in traffic.channels.values() if one.kind == kind}
