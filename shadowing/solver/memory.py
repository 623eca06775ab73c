"""How much memory the solver's process may take: it ends with the plan it has, and does not bring the machine down."""

import contextlib
import resource
import sys
from pathlib import Path

SHARE = 0.8  # of what is free when the process starts
MEGABYTE = 1 << 20
CGROUP = Path("/sys/fs/cgroup")


def limit(megabytes: int = 0) -> int:
    """From now on whoever wants more than this gets a MemoryError; 0: a share of what is free now. Says how many megabytes.
    Where the system does not tell what is free (it is no Linux), nothing is limited, and the answer is 0."""
    most = megabytes or int(SHARE * _free()) // MEGABYTE
    if most and sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = most * MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))
    return most


def _free() -> int:
    """Bytes that the machine or the container still has; 0 where nobody says."""
    return min((number for number in (_of_machine(), _of_container()) if number is not None), default=0)


def _of_machine() -> int | None:
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _of_container() -> int | None:
    with contextlib.suppress(OSError, ValueError):  # no control group, or one without a limit ("max")
        most, taken = ((CGROUP / name).read_text(encoding="ascii") for name in ("memory.max", "memory.current"))
        return int(most) - int(taken)
    return None
