"""Whoever asked to be forgotten is nobody until gone."""

from installation.eye.leaving import LONGEST_SECONDS, Leaving


def test_it_waits_until_no_face_has_been_there_for_a_while() -> None:
    leaving = Leaving(2.0)
    assert not leaving.gone(face=True, now=10.0)
    assert not leaving.gone(face=True, now=20.0)
    assert not leaving.gone(face=False, now=21.0)
    assert not leaving.gone(face=True, now=21.5)
    assert not leaving.gone(face=False, now=23.0)
    assert leaving.gone(face=False, now=23.5)


def test_a_poster_does_not_keep_the_eye_shut_for_ever() -> None:
    leaving = Leaving(2.0)
    assert not leaving.gone(face=True, now=10.0)
    assert leaving.gone(face=True, now=10.0 + LONGEST_SECONDS)
