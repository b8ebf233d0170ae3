"""A network on a GPU by PyTorch alone, its kernels recorded: for timing where onnxruntime has no CUDA."""

from __future__ import annotations

from collections.abc import Callable

import torch

from models.seeing.align import SIDE
from models.training.network import Shape, network_of


def recorded(shape: Shape, n: int, device: str) -> Callable[[], torch.Tensor]:
    """A call that sends ``n`` 8-bit faces to ``device``, standardises and judges them in float16, and fetches (n, 8).

    Weights are random: they do not matter for the time. On 'cpu' in float32 and not recorded, to be tested.
    """
    kind = torch.float16 if device.startswith("cuda") else torch.float32
    network = network_of(shape).eval().to(device, memory_format=torch.channels_last)
    network.requires_grad_(False)
    local_contrast = network.local_contrast
    network.to(kind)
    local_contrast.float()
    outside = torch.zeros(n, 1, SIDE, SIDE, dtype=torch.uint8)
    inside = outside.to(device)

    @torch.no_grad()
    def judge() -> torch.Tensor:
        light = inside.float()
        away = light - light.mean((2, 3), keepdim=True)
        prepared = away / away.square().mean((2, 3), keepdim=True).sqrt().clamp(min=1.0)
        views = local_contrast(prepared).to(kind).contiguous(memory_format=torch.channels_last)
        return network.judge(views)[0].float().softmax(1)

    if not device.startswith("cuda"):
        return judge
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            judge()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        answer = judge()

    def play() -> torch.Tensor:
        inside.copy_(outside)
        graph.replay()
        return answer.cpu()

    return play
