"""The operator's keyboard."""

import pygame

from installation.show.keys import Controls, Keys
from scenes.machine.command import KEY, ForgetTake, Pause, RehearseMood, Resume, SetMasterVolume, Shutdown


def press(key: int) -> pygame.event.Event:
    return pygame.event.Event(pygame.KEYDOWN, key=key)


def test_one_escape_asks_and_only_the_second_ends_the_show() -> None:
    keys = Keys()
    assert keys.commands([press(pygame.K_ESCAPE)], Controls(), now=10.0) == []
    assert "again" in keys.question
    (command,) = keys.commands([press(pygame.K_ESCAPE)], Controls(), now=11.0)
    assert command == Shutdown(origin=KEY)


def test_two_escapes_far_apart_do_not_end_the_show() -> None:
    keys = Keys()
    keys.commands([press(pygame.K_ESCAPE)], Controls(), now=10.0)
    assert keys.commands([press(pygame.K_ESCAPE)], Controls(), now=20.0) == []


def test_the_question_goes_away_by_itself() -> None:
    keys = Keys()
    keys.commands([press(pygame.K_ESCAPE)], Controls(), now=10.0)
    keys.commands([], Controls(), now=13.0)
    assert keys.question == ""


def test_space_pauses_and_goes_on() -> None:
    keys = Keys()
    assert keys.commands([press(pygame.K_SPACE)], Controls(), 0.0) == [Pause(origin=KEY)]
    assert keys.commands([press(pygame.K_SPACE)], Controls(paused=True), 0.0) == [Resume(origin=KEY)]


def test_the_volume_stays_between_silence_and_full() -> None:
    keys = Keys()
    assert keys.commands([press(pygame.K_UP)], Controls(volume=1.0), 0.0) == [SetMasterVolume(1.0, origin=KEY)]
    assert keys.commands([press(pygame.K_DOWN)], Controls(volume=0.0), 0.0) == [SetMasterVolume(0.0, origin=KEY)]


def test_number_keys_make_moods_at_a_desk_but_not_in_a_gallery() -> None:
    assert Keys().commands([press(pygame.K_2)], Controls(), 0.0) == []
    (command,) = Keys(moods=True).commands([press(pygame.K_2)], Controls(), 0.0)
    assert command == RehearseMood("happiness", 0.9, origin=KEY)
    (command,) = Keys(moods=True).commands([press(pygame.K_0)], Controls(), 0.0)
    assert command == RehearseMood("nobody", 0.9, origin=KEY)


def test_a_visitor_is_forgotten_by_the_second_press_of_the_same_key() -> None:
    keys = Keys()
    assert keys.commands([press(pygame.K_f), press(pygame.K_ESCAPE)], Controls(), 10.0) == []
    assert "end the show" in keys.question
    assert keys.commands([press(pygame.K_f)], Controls(), 10.5) == []
    assert keys.commands([press(pygame.K_f)], Controls(), 11.0) == [ForgetTake(origin=KEY)]
    assert keys.question == ""
