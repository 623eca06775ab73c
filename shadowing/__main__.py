"""Front door for a small company: `python -m shadowing` migrates, then keeps web and worker running on one machine.

`python -m shadowing demo` does the same for the sample company, in a folder of its own, without sending mail."""

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from ctypes import CDLL
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.parse import urlsplit

from shadowing import config

BACKOFF_MOST = 30.0
PR_SET_PDEATHSIG = 1
STOP_SECONDS = 30


def main() -> int:
    arguments = _parser().parse_args()
    try:
        settings = config.read(_environment(arguments))
        lock = _only_one(settings.instance)
    except (config.WrongSettings, Busy) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    with lock:
        if _port_taken(_port(settings)):
            print(f"Port {_port(settings)} is taken. Choose another: make demo PORT=8123", file=sys.stderr)
            return 1
        _flask("db", "upgrade", quiet=True)
        if arguments.deed == "demo" and _flask("demo", allowed=(0, 1)) == 0:
            print("The demo company is ready.")
        print(f"\n  Shadowing: {settings.public_url}\n", flush=True)
        lock.write(settings.public_url)
        lock.flush()
        if arguments.deed == "demo":
            _flask("admin", "create", "hr@example.com")
        return supervise(_children(settings))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shadowing", description=__doc__)
    parser.add_argument("deed", nargs="?", choices=("serve", "demo"), default="serve")
    parser.add_argument("--port", type=int, help="listen here, at http://localhost:PORT")
    return parser


def _environment(arguments: argparse.Namespace) -> dict[str, str]:
    """What the children see: the operator's settings; the demo never mails and keeps to its own folder."""
    if arguments.deed == "demo":
        for name in [name for name in os.environ if name.startswith(f"{config.PREFIX}MAIL_")]:
            del os.environ[name]
        os.environ.pop("SHADOWING_DATABASE_URL", None)
        os.environ["SHADOWING_INSTANCE"] = str(config.ROOT / "instance" / "demo")
        os.environ["SHADOWING_DEMO"] = "1"
    if arguments.port:
        os.environ["SHADOWING_PUBLIC_URL"] = f"http://localhost:{arguments.port}"
    return dict(os.environ)


class Busy(Exception):
    """Another supervisor has this instance folder."""


def _only_one(instance: Path) -> IO[str]:
    instance.mkdir(parents=True, exist_ok=True)
    lock = (instance / config.RUNNING).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(f"Shadowing is already running on {instance}. Stop it first.") from None
    return lock


def _port(settings: config.Settings) -> int:
    """Behind a proxy the public address says nothing about ours."""
    return (urlsplit(settings.public_url).port or 8000) if not settings.https else 8000


def _port_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _flask(*command: str, quiet: bool = False, allowed: tuple[int, ...] = (0,)) -> int:
    silent = subprocess.DEVNULL if quiet else None
    words = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
    done = subprocess.run(words, cwd=config.ROOT, stdout=silent, stderr=silent, check=False)  # noqa: S603 - our own words
    if done.returncode not in allowed:
        sys.exit(done.returncode)
    return done.returncode


def _children(settings: config.Settings) -> dict[str, list[str]]:
    web = f"gunicorn --bind 127.0.0.1:{_port(settings)} --threads 16 --workers 1 --graceful-timeout 25 --no-control-socket"
    return {
        "web": [sys.executable, "-m", *web.split(), "wsgi:app"],
        "worker": [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
    }


def _die_with_parent() -> Callable[[], None] | None:
    """Linux: the kernel ends a child whose supervisor was killed, so no orphan keeps the port or the leases."""
    if sys.platform != "linux":
        return None
    libc = CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Terminated(Exception):
    """Somebody asked the supervisor to end."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Terminated


def supervise(commands: dict[str, list[str]]) -> int:
    """Keep every command running; one that ends is started again after 1 s, doubling to 30 s. SIGTERM stops web first."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    running: dict[str, subprocess.Popen[bytes]] = {}
    due = dict.fromkeys(commands, 0.0)
    pause = dict.fromkeys(commands, 1.0)
    try:
        while True:
            for name, command in commands.items():
                child = running.get(name)
                if child is not None and child.poll() is not None:
                    print(
                        f"{name} ended with {child.returncode}; it starts again in {pause[name]:.0f} s", file=sys.stderr
                    )
                    due[name], pause[name] = time.monotonic() + pause[name], min(BACKOFF_MOST, pause[name] * 2)
                    del running[name]
                if name not in running and time.monotonic() >= due[name]:
                    running[name] = subprocess.Popen(command, cwd=config.ROOT, preexec_fn=_die_with_parent())  # noqa: S603
            time.sleep(0.5)
    except Terminated:
        for child in running.values():
            child.terminate()
        for child in running.values():
            _wait(child)
        return 0


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main())
