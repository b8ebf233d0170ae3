"""Causal networks over a visitor's looks, for the place of the judgement's filter: GRU, time-delay network, ConvLSTM.

Each takes one look and its own state, and answers with logits that are added to what the exponential filter of today
says: a network that has learned nothing is that filter. The whole state of a visitor is one row of numbers.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.evaluation.temporal_filter import SMALL
from models.judging.smoothing import MAX_FRAME_SECONDS, PRIOR_SECONDS
from models.labels import LABELS

Look = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
"""Log p (n, 8), embedding (n, d), seconds since the last look (n, 1), quality (n, 1), small face (n, 1, 32, 32)."""
COUNT = len(LABELS)
BASE = COUNT + 1
"""Numbers of the exponential filter in the state."""
MEMORY_SECONDS = 0.2
"""Of the exponential filter inside (``smooth_seconds``)."""


class TemporalNet(nn.Module):
    """``step(look, state) -> (logits (n, 8), state)``; ``size`` numbers of state, all 0 for a new visitor."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.size = BASE + size
        self.out = nn.Linear(width, COUNT)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def step(self, look: Look, state: Tensor) -> tuple[Tensor, Tensor]:
        """One look."""
        logs, _, seconds, quality, _ = look
        kept, weight = torch.exp(-seconds / MEMORY_SECONDS), quality * seconds.clamp(max=MAX_FRAME_SECONDS)
        total = state[:, :COUNT] * kept + weight * logs
        weighed = state[:, COUNT:BASE] * kept + weight
        seen, own = self.see(look, state[:, BASE:])
        logits = total / (weighed + PRIOR_SECONDS) + self.out(seen)
        return logits, torch.cat([total, weighed, own], dim=1)

    def see(self, look: Look, state: Tensor) -> tuple[Tensor, Tensor]:
        """What is known after this look (n, width), and the network's own part of the state."""
        raise NotImplementedError

    def forward(self, logs: Tensor, embedding: Tensor, seconds: Tensor, quality: Tensor, face: Tensor) -> Tensor:
        """Logits (n, t, 8) of whole courses, each argument (n, t, ...)."""
        state, answers = logs.new_zeros(len(logs), self.size), []
        for t in range(logs.shape[1]):
            look = (logs[:, t], embedding[:, t], seconds[:, t], quality[:, t], face[:, t])
            logits, state = self.step(look, state)
            answers.append(logits)
        return torch.stack(answers, dim=1)


class _Inputs(nn.Module):
    """A look without its picture in ``width`` numbers."""

    def __init__(self, embedding: int, width: int, kept: int = 24) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(embedding, elementwise_affine=False)
        self.drop = nn.Dropout(0.5)
        self.reduce = nn.Linear(embedding, kept)
        self.mix = nn.Linear(kept + COUNT + 2, width)

    def forward(self, look: Look) -> Tensor:
        logs, embedding, seconds, quality, _ = look
        few = torch.tanh(self.reduce(self.drop(self.norm(embedding))))
        around = logs - logs.mean(1, keepdim=True)
        return functional.relu(self.mix(torch.cat([around, few, 10 * seconds.clamp(max=0.5), quality], dim=1)))


class Gru(TemporalNet):
    """A gated recurrent unit (Cho et al. 2014) whose memory also fades by the clock (Che et al. 2018)."""

    WIDTH = 48

    def __init__(self, embedding: int) -> None:
        super().__init__(self.WIDTH, self.WIDTH)
        self.inputs, self.cell = _Inputs(embedding, 32), nn.GRUCell(32, self.WIDTH)
        self.fading = nn.Parameter(torch.linspace(-4.0, 1.0, self.WIDTH))

    def see(self, look: Look, state: Tensor) -> tuple[Tensor, Tensor]:
        """Fade by the time that has passed, then take the look in."""
        state = state * torch.exp(-look[2].clamp(max=2.0) * functional.softplus(self.fading))
        state = self.cell(self.inputs(look), state)
        return state, state


class TimeDelay(TemporalNet):
    """Dilated causal convolutions over the last 31 moments (Waibel et al. 1989; Bai et al. 2018).

    Looks that come faster than ``TICK`` share a moment, so that the network sees at least 1.2 s at any rate.
    """

    WIDTH, MOMENTS, TICK = 32, 31, 0.04

    def __init__(self, embedding: int) -> None:
        super().__init__(self.WIDTH * self.MOMENTS + 2, self.WIDTH)
        self.inputs = _Inputs(embedding, self.WIDTH)
        self.layers = nn.ModuleList(nn.Conv1d(self.WIDTH, self.WIDTH, 3, dilation=2**k) for k in range(4))

    def see(self, look: Look, state: Tensor) -> tuple[Tensor, Tensor]:
        """The look begins a moment, or is averaged into the newest."""
        past = state[:, 2:].reshape(-1, self.WIDTH, self.MOMENTS)
        open_for, looks = state[:, :1] + look[2], state[:, 1:2]
        begins = ((open_for >= self.TICK) | (looks == 0)).to(state.dtype)
        looks = 1 + looks * (1 - begins)
        new, newest = self.inputs(look), past[:, :, -1]
        mean = newest + (new - newest) / looks
        moved = begins[..., None] * past[:, :, 1:] + (1 - begins[..., None]) * past[:, :, :-1]
        shifted = torch.cat([moved[:, :, : self.MOMENTS - 1], mean[..., None]], dim=2)
        x = shifted
        for layer in self.layers:
            y = functional.relu(layer(x))
            x = y + x[:, :, -y.shape[2] :]
        return x[:, :, -1], torch.cat([open_for * (1 - begins), looks, shifted.flatten(1)], dim=1)


class ConvLstm(TemporalNet):
    """A convolutional LSTM (Shi et al. 2015) over faces of 32 pixels: it sees the pictures, no embedding."""

    WIDTH, SIDE = 16, 8

    def __init__(self, embedding: int) -> None:  # noqa: ARG002 - as the others are made
        super().__init__(2 * self.WIDTH * self.SIDE**2, self.WIDTH * 16)
        self.stem = nn.Sequential(nn.Conv2d(1, 12, 5, 2, 2), nn.ReLU(), nn.Conv2d(12, self.WIDTH, 3, 2, 1), nn.ReLU())
        self.gates = nn.Conv2d(2 * self.WIDTH + 1, 4 * self.WIDTH, 3, padding=1)

    def see(self, look: Look, state: Tensor) -> tuple[Tensor, Tensor]:
        """Gates over the picture of features and the hidden picture."""
        cell, hidden = state.reshape(-1, 2, self.WIDTH, self.SIDE, self.SIDE).unbind(1)
        x = self.stem(look[4])
        clock = (10 * look[2].clamp(max=0.5))[..., None, None].expand(-1, 1, self.SIDE, self.SIDE)
        keep, let_in, show, new = self.gates(torch.cat([x, hidden, clock], dim=1)).chunk(4, dim=1)
        cell = torch.sigmoid(keep + 1) * cell + torch.sigmoid(let_in) * torch.tanh(new)
        hidden = torch.sigmoid(show) * torch.tanh(cell)
        seen = functional.avg_pool2d(hidden, self.SIDE // 4).flatten(1)
        return seen, torch.stack([cell, hidden], dim=1).flatten(1)


NETWORKS: dict[str, type[Gru | TimeDelay | ConvLstm]] = {"gru": Gru, "tcn": TimeDelay, "convlstm": ConvLstm}


def make_network(kind: str, embedding: int) -> TemporalNet:
    """A new network; ``embedding``: how many numbers the classifier's has."""
    return NETWORKS[kind](embedding)


def weights(network: nn.Module) -> int:
    """How many numbers it has learned."""
    return sum(math.prod(value.shape) for value in network.parameters())


def picture_of(faces: Tensor) -> Tensor:
    """Small faces (..., 32, 32) uint8 as a ConvLSTM wants them: (..., 1, 32, 32), mean 0 and deviation 1."""
    light = faces.float()
    light = light - light.mean((-2, -1), keepdim=True)
    return (light / light.std((-2, -1), keepdim=True).clamp(min=1.0)).reshape(*faces.shape[:-2], 1, SMALL, SMALL)
