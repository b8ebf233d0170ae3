"""What a benchmark times by PyTorch alone: classifying as a CUDA graph, and whole training steps."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from models.seeing.align import SIDE
from models.training.network import create_network
from models.training.network_config import NetworkConfig
from models.training.presets import Preset
from models.training.train_step import TrainStep
from models.training.training_run import TrainingRun


def cuda_name() -> str:
    """The GPU that PyTorch would use; '' where it has none."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else ""


@contextmanager
def training_step(preset: Preset) -> Iterator[Callable[[], object]]:
    """A call that makes one whole step of ``preset`` on faces in memory, on the GPU where there is one."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    preset = replace(preset, threads=torch.get_num_threads() if device == "cuda" else 1)
    with tempfile.TemporaryDirectory() as folder:
        run = TrainingRun(preset, 1, Path(folder), device)
        run.network.train()
        train_step = TrainStep([run])
        faces = torch.randn(preset.batch_size, 1, SIDE, SIDE)
        shares = torch.rand(preset.batch_size, 8).softmax(1)

        def step() -> None:
            train_step.step(faces, shares, 1000)
            if device == "cuda":
                torch.cuda.synchronize()

        yield step


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
