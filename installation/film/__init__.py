"""The film player: screen, sound, decoding ahead, changes of scene."""
