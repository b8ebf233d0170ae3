"""The visitor's rights: what the room does, as facts read from its settings, and the papers made of them."""
