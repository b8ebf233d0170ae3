"""A button and a heart, simulated: sends the signals of signals.toml to a show on this machine.

    python docs/receivers/signals.py [PORT] [SECONDS]

The button is pressed at the start; the heart beats 70 times a minute, and after 8 s it begins to race.
"""

import math
import sys
import time

from pythonosc.udp_client import SimpleUDPClient


def main(port: int = 9001, seconds: float = 60.0) -> None:
    """Send for so long; ten values a second."""
    show = SimpleUDPClient("127.0.0.1", port)
    show.send_message("/sense/button", 1)
    show.send_message("/sense/button", 0)
    for tenth in range(round(seconds * 10)):
        racing = min(max(tenth / 10 - 8.0, 0.0), 10.0)
        show.send_message("/sense/heart", 70.0 + 5.0 * racing + 2.0 * math.sin(tenth / 5))
        time.sleep(0.1)


if __name__ == "__main__":
    main(*(kind(word) for kind, word in zip((int, float), sys.argv[1:], strict=False)))
