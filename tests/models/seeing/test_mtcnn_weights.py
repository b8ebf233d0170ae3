"""The onnx graphs compute what the layers of the package would, written here once more, slowly and in colour."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from models.seeing.mtcnn import _open
from models.seeing.mtcnn_weights import Network, read_weights


class Layers:
    """One picture (height, width, channels) through Keras' layers; weights are taken in their order."""

    def __init__(self, network: Network, gray: np.ndarray) -> None:
        self.weights = iter(read_weights(network))
        self.x = (np.repeat(gray[..., None], 3, axis=2).astype(np.float64) - 127.5) / 128

    def convolve(self) -> None:
        self.x = self.windows()
        slope = next(self.weights)
        self.x = np.where(self.x > 0, self.x, slope * self.x)

    def windows(self) -> np.ndarray:
        kernel, bias = next(self.weights), next(self.weights)
        parts = sliding_window_view(self.x, kernel.shape[:2], axis=(0, 1))
        return np.asarray(np.einsum("hwcij,ijco->hwo", parts, kernel) + bias)

    def pool(self, size: int, same: bool) -> None:
        if same:
            height, width, _ = self.x.shape
            missing = [max((-(-side // 2) - 1) * 2 + size - side, 0) for side in (height, width)]
            pad = [(m // 2, m - m // 2) for m in missing]
            self.x = np.pad(self.x, [*pad, (0, 0)], constant_values=-np.inf)
        self.x = sliding_window_view(self.x, (size, size), axis=(0, 1))[::2, ::2].max(axis=(-1, -2))

    def flatten(self) -> None:
        self.x = self.x.transpose(1, 0, 2).reshape(-1)

    def dense(self) -> np.ndarray:
        return self.x @ next(self.weights) + next(self.weights)

    def dense_prelu(self) -> None:
        x = self.dense()
        self.x = np.where(x > 0, x, next(self.weights) * x)


def softmax(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(x - x.max()) / np.exp(x - x.max()).sum())


def faces(side: int, count: int = 6) -> list[np.ndarray]:
    rng = np.random.default_rng(side)
    return [np.clip(rng.normal(120, 20 * (n + 1), (side, side)), 0, 255).astype(np.float32) for n in range(count)]


@pytest.mark.parametrize("gray", faces(24))
def test_the_first_network_proposes_the_same(gray: np.ndarray) -> None:
    layers = Layers("pnet", gray)
    layers.convolve()
    layers.pool(2, same=True)
    layers.convolve()
    layers.convolve()
    offsets = layers.windows()
    logits = layers.windows()
    (maps,) = _open("pnet", threads=1).run(None, {"picture": gray[None, None]})
    assert np.allclose(maps[0, :4].transpose(1, 2, 0), offsets, atol=2e-2)  # the slope of 1.01 that counts as 1
    assert np.abs(maps[0, :4].transpose(1, 2, 0) - offsets).mean() < 1e-3
    assert np.allclose(maps[0, 4], logits[..., 1] - logits[..., 0], atol=0.2)


@pytest.mark.parametrize("gray", faces(24))
def test_the_second_network_refines_the_same(gray: np.ndarray) -> None:
    layers = Layers("rnet", gray)
    layers.convolve()
    layers.pool(3, same=True)
    layers.convolve()
    layers.pool(3, same=False)
    layers.convolve()
    layers.flatten()
    layers.dense_prelu()
    boxes, found = _open("rnet", threads=1).run(None, {"picture": gray[None, None]})
    assert np.allclose(boxes[0], layers.dense(), atol=1e-4)
    assert np.allclose(found[0], softmax(layers.dense()), atol=1e-4)


@pytest.mark.parametrize("gray", faces(48))
def test_the_last_network_says_the_same_of_box_landmarks_and_face(gray: np.ndarray) -> None:
    layers = Layers("onet", gray)
    layers.convolve()
    layers.pool(3, same=True)
    layers.convolve()
    layers.pool(3, same=False)
    layers.convolve()
    layers.pool(2, same=True)
    layers.convolve()
    layers.flatten()
    layers.dense_prelu()
    boxes, points, found = _open("onet", threads=1).run(None, {"picture": gray[None, None]})
    assert np.allclose(boxes[0], layers.dense(), atol=1e-4)
    assert np.allclose(points[0], layers.dense(), atol=1e-4)
    assert np.allclose(found[0], softmax(layers.dense()), atol=1e-4)
