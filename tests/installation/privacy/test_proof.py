"""``chiaro privacy proof``: the real show under strace; what is written of it, and what it refuses to claim."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from calibration.errors import Exit, Unavailable
from calibration.house_settings import HoursSettings
from calibration.privacy_settings import PrivacySettings
from calibration.settings import JournalSettings
from calibration.venue import Venue, load_venue
from installation.host.lock import RoomIsTaken, RoomLock
from installation.privacy.facts import facts_of
from installation.privacy.proof import PACKAGES, Proof, prove
from installation.privacy.proof_judge import Judgement, Row
from installation.privacy.proof_page import NAMESPACE, write_proof
from installation.privacy.proof_run import ROOT, Strace, find_strace, prepare, trace_show

JUDGEMENT = Judgement(
    rows=(Row("stage", "state/journal/x.jsonl", "opened, wrote", 3, 400, "journal", "the journal <of> it", True),),
    findings=(),
    searched=1000,
    unsearched=0,
    reports=20,
    reports_with_a_visitor=15,
    programs=(("stage", "python -m installation", "a process of the show"),),
)


def proof_of(judgement: Judgement = JUDGEMENT) -> Proof:
    """A proof that was never made, for what is written of one."""
    made = datetime(2026, 11, 27, 12, tzinfo=UTC)
    files = {"calibration/a.py": "00", "models/b & c.py": "11"}
    return Proof(facts_of(Venue(name="Hall <2>")), made, 60.0, Strace("/x", "6.1", True), True, (), files, judgement)


def test_it_passes_only_where_a_visitor_was_seen_and_nothing_found() -> None:
    assert proof_of().verdict == "PASS"
    assert proof_of(replace(JUDGEMENT, reports_with_a_visitor=0)).verdict == "NOTHING SHOWN"
    assert proof_of(replace(JUDGEMENT, findings=("eye wrote",))).verdict == "FAIL"


def test_page_and_record_say_the_same(tmp_path: Path) -> None:
    proof = proof_of(replace(JUDGEMENT, findings=("eye sent: udp 10.0.0.1:5, 3 bytes <raw>",)))
    page, record = write_proof(proof, tmp_path / "p.html")
    said = json.loads(record.read_text(encoding="utf-8"))
    assert (said["verdict"], said["findings"], said["room"]) == ("FAIL", list(proof.judgement.findings), "Hall <2>")
    assert said["rows"][0]["place"] == "state/journal/x.jsonl"
    text = "".join(ET.fromstring(page.read_text(encoding="utf-8").partition("\n")[2]).itertext())  # noqa: S314 - ours
    digest = hashlib.sha256(record.read_bytes()).hexdigest()
    for words in ("FAIL.", proof.judgement.findings[0], "the journal <of> it", digest, *said["not_seen"]):
        assert words in text


def test_one_hash_stands_for_all_files_as_sha256sum_prints_them() -> None:
    lines = b"00  calibration/a.py\n11  models/b & c.py\n"
    assert proof_of().code_sha256 == hashlib.sha256(lines).hexdigest()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="not tried: ssh-keygen is not installed")
def test_a_signature_fits_the_record_and_no_other(tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for _ in range(2):  # the second one replaces the first without a question
        _, record, signature = write_proof(proof_of(), tmp_path / "p.html", key)
    signers = tmp_path / "signers"
    signers.write_text(f"museum {(tmp_path / 'key.pub').read_text()}")
    verify = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "museum", "-n", NAMESPACE, "-s", str(signature)]

    def fits() -> bool:
        return subprocess.run(verify, input=record.read_bytes(), capture_output=True, check=False).returncode == 0

    assert fits()
    record.write_text(record.read_text(encoding="utf-8").replace("PASS", "PASs"), encoding="utf-8")
    assert not fits()
    with pytest.raises(Unavailable, match="did not sign"):
        write_proof(proof_of(), tmp_path / "p.html", signers)


def test_without_strace_nothing_is_run_and_nothing_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="nothing was watched and nothing is proven") as refused:
        prove(Path("x"), Venue(), None, 5.0, True, print)
    assert refused.value.exit_code == Exit.UNAVAILABLE


def test_where_strace_may_not_watch_nothing_is_claimed(tmp_path: Path) -> None:
    """A stand-in for strace in a container without the right to trace; it says what the real one says there."""
    stand_in = tmp_path / "strace"
    stand_in.write_text("#!/bin/sh\necho 'strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted' >&2\nexit 1\n")
    stand_in.chmod(0o755)
    (tmp_path / "run").mkdir()
    run = prepare(tmp_path / "run", Venue(), None, 7, headless=True, pictures=2)
    with pytest.raises(Unavailable, match=r"may not watch.*not permitted.*SYS_PTRACE"):
        trace_show(run, Strace(str(stand_in), "0", filters=False), Path("x"), 5.0)


def test_a_show_that_runs_in_the_room_is_not_disturbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path))
    monkeypatch.setattr("installation.privacy.proof.find_strace", lambda: Strace("/x", "6.1", filters=True))
    held = RoomLock(tmp_path, "Hall 2")
    held.acquire()
    try:
        with pytest.raises(RoomIsTaken):
            prove(Path("x"), Venue(name="Hall 2"), None, 5.0, True, print)
    finally:
        held.release()


def test_the_run_is_the_rooms_own_save_for_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text(
        'name = "Hall 2"\n[journal]\nfolder = "/srv/journal"\n[hours]\nopen = "Mo 10:00-11:00"\n[privacy]\n'
        'consent = "button"\nstaff_hours = "Mo-Su 08:00-10:00"\nkept_shut = "until signed"\n'
        "[mood]\nkeep_at = 0.15\n[osc]\nlisten_port = 9555\n",
        encoding="utf-8",
    )
    folder = tmp_path / "run"
    folder.mkdir()
    venue = load_venue(file)
    run = prepare(folder, venue, file, 7, headless=True, pictures=2)
    plain = {
        "journal": JournalSettings(),
        "hours": HoursSettings(),
        "privacy": PrivacySettings(),
    }
    assert run.venue == venue.model_copy(update=plain)
    assert len(run.deviations) == 6


LEAK = """
                if not hasattr(self, "_leaked"):
                    self._leaked = cv2.imwrite({place!r}, frame.image)
"""
AFTER = "                seen = frame.number\n"
SECONDS = "25"
"""Long enough for an eye to begin on a machine that does other things."""


@pytest.mark.slow
@pytest.mark.parametrize("leaking", [False, True], ids=["as it is", "a build that writes one picture"])
def test_the_demo_passes_and_a_leaking_build_does_not(tmp_path: Path, leaking: bool) -> None:
    try:
        find_strace()
    except Unavailable as error:
        pytest.skip(f"not tried: {error}")
    copy, leak = tmp_path / "copy", tmp_path / "leak.jpg"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    if leaking:
        eye = copy / "installation" / "eye" / "main.py"
        text = eye.read_text(encoding="utf-8")
        assert AFTER in text
        eye.write_text(text.replace(AFTER, AFTER + LEAK.format(place=str(leak)).lstrip("\n")), encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "installation",
            "privacy",
            "proof",
            "--headless",
            "--seconds",
            SECONDS,
            "--out",
            "p.html",
        ],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "CHIARO_STATE": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        check=False,
    )
    if "may not watch" in done.stderr:
        pytest.skip(f"not tried: {done.stderr.strip()}")
    said = json.loads((copy / "p.json").read_text(encoding="utf-8"))
    findings = "\n".join(said["findings"])
    if leaking:
        assert done.returncode == Exit.NOT_AS_WANTED
        assert f"{leak}, " in findings
        assert "the camera's picture as JPEG" in findings
        assert all(finding.startswith("eye ") for finding in said["findings"])
    else:
        assert (done.returncode, said["verdict"], findings) == (Exit.OK, "PASS", "")
        assert (
            said["code"]["installation/eye/main.py"]
            == hashlib.sha256((copy / "installation" / "eye" / "main.py").read_bytes()).hexdigest()
        )
