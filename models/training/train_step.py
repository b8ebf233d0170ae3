"""One training step, of networks that learn side by side from the same batches; on a GPU it is a CUDA graph."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from models.training.distillation import Teachers, distillation_loss
from models.training.precision import mixed_precision
from models.training.training_run import TrainingRun

GRAPH_WARMUP_STEPS = 3
"""Steps run eagerly before capture, in which cuDNN finds its quickest kernels and the optimizer makes its memory."""
MAX_GRADIENT_NORM = 2.0


class TrainStep:
    """Steps of several runs of one preset: views and soft targets are made once for all of them.

    Hundreds of small kernels a step keep a GPU waiting for Python. So a step is captured once as a CUDA graph, and
    from then on replayed on the next batch.
    """

    def __init__(self, runs: Sequence[TrainingRun], teachers: Teachers | None = None) -> None:
        self.runs, self.teachers, self.device = runs, teachers, runs[0].device
        self.losses = torch.zeros(len(runs), device=self.device)
        """(runs,) sums over all steps. Read them seldom: fetching a number from a GPU makes it wait."""
        pairs = [
            (average, weight)
            for run in runs
            for average, weight in zip(
                run.ema_network.state_dict().values(), run.network.state_dict().values(), strict=True
            )
            if average.dtype.is_floating_point
        ]
        self._averages: list[Tensor] = [average for average, _ in pairs]
        self._weights: list[Tensor] = [weight for _, weight in pairs]
        self._eager_steps = 0
        self._batch: tuple[Tensor, Tensor] | None = None
        self._graph: torch.cuda.CUDAGraph | None = None

    def step(self, faces: Tensor, vote_shares: Tensor, steps_per_epoch: int) -> None:
        """Learn from prepared faces (n, 1, 64, 64) and vote shares (n, 8).

        On a GPU all batches must have one size.
        """
        for run in self.runs:
            _set_learning_rate(run, steps_per_epoch)
        if self.device.startswith("cuda"):
            self._on_gpu(faces, vote_shares)
        else:
            self._optimize(faces, vote_shares)
        first = self.runs[0]
        decay = min(first.preset.ema_decay, (1 + first.step) / (10 + first.step))
        with torch.no_grad():  # the average follows quickly at first, or the first epochs are evaluated on noise
            torch._foreach_lerp_(self._averages, self._weights, 1 - decay)
        for run in self.runs:
            run.step += 1

    def _optimize(self, faces: Tensor, vote_shares: Tensor) -> None:
        first = self.runs[0]
        soft_targets = None
        with torch.no_grad():
            views = _views(first, faces)
            if self.teachers:
                with mixed_precision(self.device):
                    soft_targets = self.teachers.soft_targets(views, first.preset.distillation_temperature)
                if first.preset.student_shift_pixels:
                    views = _views(first, random_shift(faces, first.preset.student_shift_pixels))
        for i, run in enumerate(self.runs):
            with mixed_precision(self.device):
                logits = run.network.forward_views(views)[0]
            loss = distillation_loss(logits.float(), vote_shares, run.preset, soft_targets)
            loss.backward()  # type: ignore[no-untyped-call]  # torch carries no types here
            torch.nn.utils.clip_grad_norm_(run.network.parameters(), MAX_GRADIENT_NORM)
            run.optimizer.step()
            run.optimizer.zero_grad(set_to_none=True)
            self.losses[i] += loss.detach()

    def _on_gpu(self, faces: Tensor, vote_shares: Tensor) -> None:
        if self._batch is None:
            self._batch = torch.empty_like(faces, device=self.device), torch.empty_like(vote_shares, device=self.device)
        for static, given in zip(self._batch, (faces, vote_shares), strict=True):
            static.copy_(given, non_blocking=True)
        self._eager_steps += 1
        if self._eager_steps <= GRAPH_WARMUP_STEPS:
            side_stream = torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]  # torch has no types here
            side_stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side_stream):
                self._optimize(*self._batch)
            torch.cuda.current_stream().wait_stream(side_stream)
            return
        if self._graph is None:
            self._graph = torch.cuda.CUDAGraph()
            # Only this thread may not disturb the capture: another one pins the batches' memory meanwhile.
            with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
                self._optimize(*self._batch)
        self._graph.replay()


def _views(run: TrainingRun, faces: Tensor) -> Tensor:
    views: Tensor = run.network.local_contrast(faces)
    return views.contiguous(memory_format=torch.channels_last)


def random_shift(faces: Tensor, pixels: float) -> Tensor:
    """Each face (n, 1, h, w) shifted by its own vector, drawn evenly from up to ``pixels`` both ways.

    What the teachers say of a face stays true for it; without that the answer hangs on where exactly the box was.
    """
    n, _, height, width = faces.shape
    transform = torch.eye(2, 3, device=faces.device).repeat(n, 1, 1)
    transform[:, :, 2] = (2 * torch.rand(n, 2, device=faces.device) - 1) * pixels * 2 / width
    grid = functional.affine_grid(transform, [n, 1, height, width], align_corners=False)
    return functional.grid_sample(faces, grid, padding_mode="border", align_corners=False)


def _set_learning_rate(run: TrainingRun, steps_per_epoch: int) -> None:
    """Linear warmup, then half a cosine down to nearly nothing."""
    warmup, total = run.preset.warmup_epochs * steps_per_epoch, run.preset.epochs * steps_per_epoch
    rising = min(1.0, (run.step + 1) / max(warmup, 1))
    falling = 0.5 * (1 + math.cos(math.pi * min(1.0, run.step / total)))
    run.set_learning_rate(run.preset.learning_rate * rising * max(falling, 0.002))
