"""Hears SIGTERM before anything else is loaded: numpy and OR-Tools take a second, and a Stop in that second must not be
the end of the process. So this is imported first, and imports nothing of ours. Whoever starts us blocks the signal, so that
one that comes while Python itself starts waits until here."""

import signal
from threading import Event

stopped = Event()

signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
