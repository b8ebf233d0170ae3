"""A network taken up again from its file."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")

from models.card import read_card  # noqa: E402
from models.classifier import SHIPPED, open_classifier  # noqa: E402
from models.taken_up import taken_up, with_statistics  # noqa: E402

FACES = torch.from_numpy(np.random.default_rng(5).standard_normal((6, 1, 64, 64), np.float32))


def answers(network: torch.nn.Module, temperature: float = 1.0) -> np.ndarray:
    with torch.no_grad():
        return (network(FACES)[0] / temperature).softmax(1).numpy()


def test_the_shipped_network_taken_up_again_answers_as_its_file_does() -> None:
    given = open_classifier(SHIPPED, "cpu", int8=False).run(FACES.numpy())[0]
    assert answers(taken_up(SHIPPED), read_card(SHIPPED).temperature) == pytest.approx(given, abs=1e-4)


def test_statistics_change_no_answer_and_are_those_of_the_faces() -> None:
    before = answers(taken_up(SHIPPED))
    network = with_statistics(with_statistics(taken_up(SHIPPED), [FACES + 0.3]), [FACES])
    assert answers(network) == pytest.approx(before, abs=1e-4)
    with torch.no_grad():
        first = network.stem[0](network.even(FACES))
    assert network.stem[1].running_mean.numpy() == pytest.approx(first.mean((0, 2, 3)).numpy(), abs=1e-3)
