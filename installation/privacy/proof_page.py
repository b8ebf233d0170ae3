"""The proof on paper: one HTML page to read and sign, the record as JSON, and a signature over it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from calibration.errors import BadFile, Unavailable
from calibration.file_writer import write_together
from installation.privacy.proof import NOT_SEEN, SEARCHED, Proof

NAMESPACE = "chiaroscuro-proof"
"""Of the signature: one that was made for something else does not fit."""

HEADS = ("process", "file or peer", "how", "times", "bytes", "setting")
STYLE = """
@page { size: A4; margin: 16mm }
body { font: 10.5pt/1.45 sans-serif; color: #111; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem }
.verdict { border: 3px solid; padding: .8rem 1rem; margin: 1rem 0; font-size: 1.15rem }
.PASS { color: #14532d } .FAIL, .NOTHING { color: #8c1d18 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .2rem .5rem }
th { border-bottom: 2px solid #111 } td { border-bottom: 1px solid #ccc; overflow-wrap: anywhere }
td.n { text-align: right; white-space: nowrap } .not { color: #8c1d18; font-weight: bold }
code { font-size: .88em; overflow-wrap: anywhere } .line { border-bottom: 1px solid #111; height: 2.4rem; width: 60% }
"""


def write_proof(proof: Proof, page: Path, key: Path | None = None) -> list[Path]:
    """Write ``page`` (HTML), the record beside it (.json), and with a ``key`` its signature (.json.sig).

    Raises ``BadFile`` where they cannot be written, ``Unavailable`` where the key does not sign.
    """
    record = page.with_suffix(".json")
    content = (json.dumps(proof.record(), indent=1, ensure_ascii=False) + "\n").encode()
    try:
        write_together({record: content, page: proof_html(proof, content, record.name).encode()})
    except OSError as error:
        raise BadFile(error.filename or page, [f"cannot be written: {error.strerror or error}"]) from error
    return [page, record, *([sign(record, key)] if key else [])]


def sign(record: Path, key: Path) -> Path:
    """Sign the record with an SSH key. Raises ``Unavailable`` with what ssh-keygen said."""
    program = shutil.which("ssh-keygen")
    if program is None:
        raise Unavailable("ssh-keygen is not installed, so the record is not signed (apt-get install openssh-client)")
    signature = record.with_suffix(".json.sig")
    signature.unlink(missing_ok=True)  # it would be asked whether to write over it
    done = subprocess.run(  # noqa: S603 - fixed words, and files that were named
        [program, "-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(record)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Unavailable(f"{key} did not sign: {said[-1] if said else 'ssh-keygen failed'}")
    return signature


def proof_html(proof: Proof, record: bytes, record_name: str) -> str:
    """The whole page. ``record`` is the JSON whose hash it names."""
    body = "\n".join(_body(proof, hashlib.sha256(record).hexdigest(), record_name))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
        f"<title>Proof: {escape(proof.facts.room)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def _body(proof: Proof, digest: str, record_name: str) -> Iterator[str]:
    facts, judgement = proof.facts, proof.judgement
    yield f"<h1>What the processes write and send: {escape(facts.room)}</h1>"
    yield f'<p class="verdict {proof.verdict}"><b>{proof.verdict}.</b> {escape(proof.verdict_words)}</p>'
    if judgement.findings:
        yield "<h2>Findings</h2>" + _list(judgement.findings)
    yield "<h2>What was watched</h2>"
    yield _table(
        ("what", "value"),
        [
            ("made", proof.made.isoformat(timespec="seconds")),
            ("length of the run", f"{proof.seconds:g} s, {'without' if proof.headless else 'with'} window and sound"),
            ("program", f"chiaroscuro {facts.version}, SHA-256 of all its files {proof.code_sha256}"),
            ("network", f"{facts.weights_file}, SHA-256 {facts.weights_sha256}"),
            ("venue", f"{facts.venue_file or 'no file: all defaults'}, SHA-256 {facts.venue_sha256 or '-'}"),
            ("watched by", f"strace {proof.strace.version}"),
            ("searched", f"{judgement.searched:,} bytes; {judgement.unsearched:,} were not shown by strace"),
            (
                "reports of the eye",
                f"{judgement.reports:,}, of which {judgement.reports_with_a_visitor:,} with a visitor",
            ),
            ("record", f"{record_name}, SHA-256 {digest}"),
        ],
    )
    yield "<h2>The run differed from the room's own evenings</h2>" + _list(proof.deviations)
    yield "<h2>Each file and peer that was opened to write or send</h2>"
    yield "<p>A path that does not begin with a slash lies in the run's own temporary folder.</p>"
    yield "<table><tr>" + "".join(f"<th>{head}</th>" for head in HEADS) + "</tr>"
    for row in judgement.rows:
        setting = f"<code>{escape(row.setting)}</code>: " if row.setting else ""
        mark = "" if row.allowed else ' class="not"'
        yield (
            f"<tr><td>{escape(row.process)}</td><td><code>{escape(row.place)}</code></td><td>{row.how}</td>"
            f'<td class="n">{row.times:,}</td><td class="n">{row.size:,}</td>'
            f"<td{mark}>{setting}{escape(row.words)}</td></tr>"
        )
    yield "</table><h2>Each program that was run</h2>"
    yield _table(
        ("by", "command", "why"),
        [(process, command, why or "no part of the show") for process, command, why in judgement.programs],
    )
    yield "<h2>What was looked for</h2>" + _list(SEARCHED)
    yield "<h2>What this does not see</h2>" + _list(NOT_SEEN)
    yield "<h2>Signed</h2>"
    yield "<p>This page is no legal advice. It says what was watched in one run, and nothing beyond it.</p>"
    yield "<p>Place, date, name:</p><p class='line'></p>"


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(one)}</td>" for one in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
