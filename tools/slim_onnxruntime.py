r"""A small onnxruntime-gpu for one generation of NVIDIA cards, to be carried to a machine that pip cannot reach.

Nearly all of its 256 MB are kernels: for six generations, and most of them for large language models. Here those of one
generation stay that small networks use; what the GPU check needs of Python's packages is packed beside them::

    pip download --only-binary=:all: --python-version 3.12 --no-deps --dest wheels \
        onnxruntime-gpu pydantic pydantic-core annotated-types typing-inspection
    python tools/slim_onnxruntime.py wheels --card 90 --to site.tar.xz     # 90: H100, H200; 89: RTX 40; 86: RTX 30

A network that asks for a kernel that was left out is refused by CUDA ("named symbol not found"). Needs the program
``zstd``. The layout of NVIDIA's containers of kernels is documented nowhere; it was read off the file itself.
"""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LIBRARY = "onnxruntime/capi/libonnxruntime_providers_cuda.so"
LEFT_OUT = re.compile(r"onnxruntime/(transformers|quantization|tools|datasets|backend)/|libonnxruntime\.so|tensorrt")
"""Files that Python's sessions do not need."""
UNUSED = re.compile(
    r"flash|attention|moe|fpA_intB|cutlass|matmul_nbits|matmul_?4|llm|beam|fmha|kernel_mha|gated_delta|block_scaled"
    r"|deform|dropout|randomkernel|paged",
    re.IGNORECASE,
)
USED = re.compile(r"ElementWise|_Gather|reduce", re.IGNORECASE)
SMALL = 20_000
"""Bytes of kernels that stay in any case."""
MAGIC, SECTION = 0xBA55ED50, b".nv_fatbin\0"


class Kernels(NamedTuple):
    """One entry of a container: where its header begins, how long header and place are, what is in it."""

    start: int
    header: int
    place: int
    packed: int
    card: int


def kernels_in(library: bytes | bytearray) -> Iterator[Kernels]:
    """All entries of the section ``.nv_fatbin`` of an ELF file of 64 bits."""
    (table,) = struct.unpack_from("<Q", library, 0x28)
    size, count, names = struct.unpack_from("<HHH", library, 0x3A)
    sections = [struct.unpack_from("<IIQQQQ", library, table + k * size) for k in range(count)]
    texts = sections[names][4]
    *_, start, length = next(one for one in sections if library.startswith(SECTION, texts + one[0]))
    at = start
    while at < start + length:
        magic, _, header, contents = struct.unpack_from("<IHHQ", library, at)
        if magic != MAGIC:
            at += 8  # filled up between two containers
            continue
        entry, at = at + header, at + header + contents
        while entry < at:
            _, _, entry_header, place, packed = struct.unpack_from("<HHIQI", library, entry)
            (card,) = struct.unpack_from("<I", library, entry + 28)
            yield Kernels(entry, entry_header, place, packed, card)
            entry += entry_header + place


def slimmed(library: bytearray, card: int) -> tuple[int, int]:
    """Leave out of ``library``, in its place, what is not used; how many kernels' bytes stay, and of how many."""
    entries = list(kernels_in(library))
    ours = [one for one in entries if one.card == card]
    if not ours:
        raise SystemExit(f"no kernels for cards {card}; there are {sorted({one.card for one in entries})}")
    smallest = min((one for one in ours if one.packed), key=lambda one: one.packed)
    begins = smallest.start + smallest.header
    image, unpacked = bytes(library[begins : begins + smallest.packed]), library[smallest.start + 56 : begins][:8]
    stays = 0
    for one in entries:
        inside = slice(one.start + one.header, one.start + one.header + one.place)
        used = one.card == card and (one.packed <= SMALL or _is_used(bytes(library[inside])[: one.packed]))
        if used or one.place < len(image):
            stays += one.packed
        else:  # another image that can be loaded, so that only a kernel of this one is missed
            struct.pack_into("<I", library, one.start + 16, len(image))
            library[one.start + 56 : one.start + 64] = unpacked
            library[inside] = image + bytes(one.place - len(image))
    return stays, sum(one.packed for one in entries)


def _is_used(packed: bytes) -> bool:
    unpacked = subprocess.run(["zstd", "-dcq"], input=packed, capture_output=True, check=True).stdout  # noqa: S607
    names = b" ".join(re.findall(rb"\.text\.(\w+)", unpacked)).decode()
    return bool(USED.search(names)) or not UNUSED.search(names)


def main() -> None:
    """Unpack the wheels, slim the library, pack all of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wheels", type=Path, help="folder of the downloaded wheels")
    parser.add_argument("--card", type=int, default=90, help="compute capability without its point (90)")
    parser.add_argument("--to", type=Path, default=Path("site.tar.xz"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for wheel in sorted(asked.wheels.glob("*.whl")):
            with zipfile.ZipFile(wheel) as packed:
                for name in packed.namelist():
                    if not LEFT_OUT.search(name):
                        packed.extract(name, folder)
        library = bytearray(Path(folder, LIBRARY).read_bytes())
        stays, all_of_them = slimmed(library, asked.card)
        Path(folder, LIBRARY).write_bytes(library)
        with tarfile.open(asked.to, "w:xz") as archive:
            archive.add(folder, ".")
    done = f"{asked.to}: {asked.to.stat().st_size / 2**20:.1f} MiB; of {all_of_them / 2**20:.0f} MiB of kernels"
    sys.stdout.write(f"{done} {stays / 2**20:.1f} stay\n")


if __name__ == "__main__":
    main()
