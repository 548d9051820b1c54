"""What the worker does for messages: beside its jobs, a thread for each channel that has something due."""

from __future__ import annotations

import threading
import time
from typing import Final

from django.db import DatabaseError, connection

from guanxi.kernel.errors import Unavailable
from guanxi.messaging import claiming, sending
from guanxi.messaging.channels import ChannelDown
from guanxi.platform import jobs
from guanxi.platform.followers import Follower, followers

LOOK_SECONDS: Final = 1.0
TAKE_BACK_SECONDS: Final = 30.0


class Sender:
    """Looks for what is due; threads send it, one for each channel, so that none waits for another."""

    def __init__(self) -> None:
        self._under_way: set[str] = set()
        self._looked_at = self._took_back_at = float("-inf")

    def step(self) -> bool:
        """Begin what is due; whether there was something to begin."""
        at = time.monotonic()
        if at - self._looked_at < LOOK_SECONDS:
            return False
        self._looked_at = at
        if at - self._took_back_at >= TAKE_BACK_SECONDS:
            self._took_back_at = at
            claiming.take_back()
        begun = False
        for name in claiming.due_channels():
            if name not in self._under_way:
                self._under_way.add(name)
                # No daemon: a worker that ends lets the message at hand be booked.
                threading.Thread(target=self._run, args=(name,), name=f"messages {name}").start()
                begun = True
        return begun

    def _run(self, name: str) -> None:
        try:
            while sending.goes_on() and sending.send_round(name):
                pass
        except (DatabaseError, Unavailable):
            pass  # looked at again in a second
        except Exception as error:  # such as a master key that is missing
            jobs.log_crash(f"messages of {name}", error)
            claiming.pause(name, ChannelDown("crashed", type(error).__name__))
        finally:
            connection.close()
            self._under_way.discard(name)


def register() -> None:
    followers.register(Follower("messages", Sender().step))
