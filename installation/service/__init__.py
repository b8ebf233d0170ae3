"""The show as a service of the machine: a systemd unit made from the machine's facts, and the same watch in Python."""
