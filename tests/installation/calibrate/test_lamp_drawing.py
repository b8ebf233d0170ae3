"""The lamp as it is drawn in a terminal."""

from calibration.profile import LightProfile
from installation.calibrate.lamp_drawing import lamp_in_letters, light_in_words


def found(letter: str, drawing: str) -> list[tuple[int, int]]:
    return [(y, x) for y, line in enumerate(drawing.splitlines()) for x, one in enumerate(line) if one == letter]


def test_a_lamp_overhead_to_the_left_is_drawn_above_and_to_the_left() -> None:
    drawing = lamp_in_letters(LightProfile(azimuth_degrees=-60, elevation_degrees=60))
    (side, above), (side_face, above_face) = sorted(found("*", drawing), key=lambda at: at[1]), found("O", drawing)
    assert side[0] < side_face[0]  # over the head
    assert above[1] < above_face[1]  # to the left, and a little to the front
    assert above[0] > above_face[0]
    assert len(found("#", drawing)) == 2


def test_a_lamp_at_the_camera_hides_it() -> None:
    assert len(found("#", lamp_in_letters(LightProfile()))) == 0


def test_left_is_the_camera_s_left_for_the_window_shows_a_mirror() -> None:
    light = LightProfile(azimuth_degrees=-50, elevation_degrees=15, radius_degrees=2, bounced_share=0.77)
    assert light_in_words(light, sure=False) == (
        "lamp 15 degrees up, 50 degrees to the left as the camera sees it, hard; 77% of the light comes from the room, "
        "but one lamp does not explain the face well"
    )
