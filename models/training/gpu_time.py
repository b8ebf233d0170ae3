"""A network on a GPU by PyTorch alone, as a CUDA graph: for timing where onnxruntime has no CUDA."""

from __future__ import annotations

from collections.abc import Callable

import torch

from models.seeing.align import SIDE
from models.training.network import create_network
from models.training.network_config import NetworkConfig


def graphed_inference(config: NetworkConfig, n: int, device: str) -> Callable[[], torch.Tensor]:
    """A call that sends ``n`` 8-bit faces to ``device``, classifies them in float16, and fetches probabilities (n, 8).

    Weights are random: they do not matter for the time. On 'cpu' in float32 and without a graph, for tests.
    """
    dtype = torch.float16 if device.startswith("cuda") else torch.float32
    network = create_network(config).eval()
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types no such overload
    network.requires_grad_(False)
    local_contrast = network.local_contrast
    network.to(dtype)
    local_contrast.float()
    host_faces = torch.zeros(n, 1, SIDE, SIDE, dtype=torch.uint8)
    faces = host_faces.to(device)

    @torch.no_grad()
    def classify() -> torch.Tensor:
        light = faces.float()
        deviation = light - light.mean((2, 3), keepdim=True)
        prepared = deviation / deviation.square().mean((2, 3), keepdim=True).sqrt().clamp(min=1.0)
        views = local_contrast(prepared).to(dtype).contiguous(memory_format=torch.channels_last)
        return network.forward_views(views)[0].float().softmax(1)

    if not device.startswith("cuda"):
        return classify
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch carries no types here
    with torch.cuda.stream(stream):
        for _ in range(3):
            classify()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        probabilities = classify()

    def replay() -> torch.Tensor:
        faces.copy_(host_faces)
        graph.replay()
        return probabilities.cpu()

    return replay
