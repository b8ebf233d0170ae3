"""What is told of the eye beside its health."""

import pytest

from installation.show.announcing import _with_prints


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "camera 1"),
        (1, "1 face in the picture is taken for a print; camera 1"),
        (2, "2 faces in the picture are taken for a print; camera 1"),
    ],
)
def test_a_technician_is_told_of_faces_that_are_no_visitors(count: int, expected: str) -> None:
    assert _with_prints("camera 1", count) == expected
