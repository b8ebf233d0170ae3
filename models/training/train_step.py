"""One step of learning, of networks that learn beside each other from the same batches; on a GPU it is recorded."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from models.training.distillation import Teachers, soft_loss
from models.training.precision import half
from models.training.training_run import Run

BEFORE_RECORDING = 3
"""Steps made call by call first, in which cuDNN finds its quickest kernels and the optimizer makes its memory."""


class Lesson:
    """Steps of several runs of one preset: views and teachers' answers are made once for all of them.

    Hundreds of small kernels a step keep a GPU waiting for Python. So a step is recorded once as a CUDA graph, and
    from then on replayed on the next batch.
    """

    def __init__(self, runs: Sequence[Run], teachers: Teachers | None = None) -> None:
        self.runs, self.teachers, self.device = runs, teachers, runs[0].device
        self.losses = torch.zeros(len(runs), device=self.device)
        """Sums over the steps made; to be looked at seldom: each look at a GPU's number makes it wait."""
        pairs = [
            (mean, new)
            for run in runs
            for mean, new in zip(run.averaged.state_dict().values(), run.network.state_dict().values(), strict=True)
            if mean.dtype.is_floating_point
        ]
        self._means, self._news = map(list, zip(*pairs, strict=True))
        self._made = 0
        self._batch: tuple[Tensor, Tensor] | None = None
        self._graph: torch.cuda.CUDAGraph | None = None

    def step(self, faces: Tensor, votes: Tensor, steps: int) -> None:
        """Learn from prepared faces (n, 1, 64, 64) and vote shares (n, 8). ``steps``: in an epoch.

        On a GPU all batches must have one size.
        """
        for run in self.runs:
            _set_rate(run, steps)
        if self.device.startswith("cuda"):
            self._on_gpu(faces, votes)
        else:
            self._learn(faces, votes)
        keep = min(self.runs[0].preset.keep, (1 + self.runs[0].step) / (10 + self.runs[0].step))
        with torch.no_grad():  # at first quickly, or the first epochs are judged by noise
            torch._foreach_lerp_(self._means, self._news, 1 - keep)
        for run in self.runs:
            run.step += 1

    def _learn(self, faces: Tensor, votes: Tensor) -> None:
        first = self.runs[0]
        with torch.no_grad():
            views = _views(first, faces)
            taught = None
            if self.teachers:
                with half(self.device):
                    taught = self.teachers.shares(views, first.preset.warmth)
                if first.preset.moved:
                    views = _views(first, moved(faces, first.preset.moved))
        for i, run in enumerate(self.runs):
            loss = soft_loss(run.network, views, votes, run.preset, self.device, taught)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(run.network.parameters(), 2.0)
            run.optimizer.step()
            run.optimizer.zero_grad(set_to_none=True)
            self.losses[i] += loss.detach()

    def _on_gpu(self, faces: Tensor, votes: Tensor) -> None:
        if self._batch is None:
            self._batch = torch.empty_like(faces, device=self.device), torch.empty_like(votes, device=self.device)
        for inside, outside in zip(self._batch, (faces, votes), strict=True):
            inside.copy_(outside, non_blocking=True)
        self._made += 1
        if self._made <= BEFORE_RECORDING:
            aside = torch.cuda.Stream(self.device)
            aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(aside):
                self._learn(*self._batch)
            torch.cuda.current_stream().wait_stream(aside)
            return
        if self._graph is None:
            self._graph = torch.cuda.CUDAGraph()
            # Only this thread may not disturb the recording: another one pins the batches' memory meanwhile.
            with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
                self._learn(*self._batch)
        self._graph.replay()


def _views(run: Run, faces: Tensor) -> Tensor:
    return run.network.local_contrast(faces).contiguous(memory_format=torch.channels_last)


def moved(faces: Tensor, pixels: float) -> Tensor:
    """Each face moved by its own step, evenly drawn up to ``pixels`` both ways: what its teachers say of it stays true.

    Without that the answer hangs on where exactly the box was.
    """
    n, _, height, width = faces.shape
    turn = torch.eye(2, 3, device=faces.device).repeat(n, 1, 1)
    turn[:, :, 2] = (2 * torch.rand(n, 2, device=faces.device) - 1) * pixels * 2 / width
    places = functional.affine_grid(turn, [n, 1, height, width], align_corners=False)
    return functional.grid_sample(faces, places, padding_mode="border", align_corners=False)


def _set_rate(run: Run, steps: int) -> None:
    """Warm up, then half a cosine down to nearly nothing."""
    warm, last = run.preset.warm_up_epochs * steps, run.preset.epochs * steps
    rising = min(1.0, (run.step + 1) / max(warm, 1))
    falling = 0.5 * (1 + math.cos(math.pi * min(1.0, run.step / last)))
    run.set_rate(run.preset.rate * rising * max(falling, 0.002))
