from __future__ import annotations

from installation.lamps.universe import CHANNELS, Universe


def test_a_fade_goes_in_a_straight_line_and_arrives() -> None:
    universe = Universe({1: 40})
    universe.fade({1: 240, 512: 10}, 2.0, 100.0)
    assert [universe.frame(100.0 + seconds)[0] for seconds in (0.0, 0.5, 1.0, 2.0, 9.0)] == [40, 90, 140, 240, 240]
    assert universe.frame(110.0)[511] == 10
    assert not universe.moves


def test_what_was_asked_for_last_holds_from_where_the_channel_is() -> None:
    universe = Universe({})
    universe.fade({7: 200}, 2.0, 0.0)
    universe.fade({7: 0}, 1.0, 1.0)  # at 100 by then
    assert [universe.frame(at)[6] for at in (1.0, 1.5, 2.0)] == [100, 50, 0]


def test_at_rest_every_channel_that_is_not_named_is_dark() -> None:
    universe = Universe({})
    universe.fade(dict.fromkeys(range(1, CHANNELS + 1), 255), 0.0, 0.0)
    assert set(universe.frame(0.0)) == {255}
    universe.fade_all({3: 40}, 0.0, 1.0)
    assert universe.frame(1.0) == bytes([0, 0, 40, *[0] * (CHANNELS - 3)])
