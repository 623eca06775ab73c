"""What others send is read in a process of its own, with limits: a file that eats memory or time costs its sender a sentence."""

import resource
import subprocess
import sys
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


class TooHeavy(Exception):
    """The process did not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """*memory* is in bytes of address space; *wall* is waited for at the most, beside the *cpu* seconds."""

    memory: int
    cpu: int
    wall: int

    def hold(self) -> None:
        """This process, from now on."""
        resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu, self.cpu))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(module: str, arguments: tuple[str, ...], data: bytes, limits: ProcessLimits) -> bytes:
    """What *module* of ours writes when it is handed *data*; it holds itself to *limits* first. Raises TooHeavy."""
    command = [sys.executable, "-m", module, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command, input=data, capture_output=True, timeout=limits.wall, check=False
        )
    except subprocess.TimeoutExpired:
        raise TooHeavy from None
    if done.returncode != 0:
        raise TooHeavy
    return done.stdout
