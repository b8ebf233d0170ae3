"""Mixed precision only where the processor has it."""

import pytest

pytest.importorskip("torch")

import torch

from models.training import precision
from models.training.precision import has_fast_bf16, mixed_precision


def test_mixed_precision_is_used_only_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for there, quicker in ((False, True), (True, True), (True, False)):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda there=there: there, raising=False)
        monkeypatch.setattr(precision, "_is_quicker", lambda quicker=quicker: quicker)
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
        assert has_fast_bf16("cpu") is (there and quicker)
        with mixed_precision("cpu"):
            kind = (torch.ones(2, 2) @ torch.ones(2, 2)).dtype
        assert kind == (torch.bfloat16 if there and quicker else torch.float32)
