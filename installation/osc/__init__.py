"""OSC: the mood and the film told to every machine of the room, and the room's wishes heard."""
