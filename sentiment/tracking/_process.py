"""Which process made a run: enough to tell later whether it still lives.

A process id alone is no answer, ids are used again; id and start time are. Ids count
within one host, and in containers within one process namespace.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

__all__ = [
    "HOST",
    "PROCESS_ID",
    "PROCESS_NAMESPACE",
    "PROCESS_START",
    "describe_process",
    "peak_memory_mb",
    "process_start",
]

HOST = "sentiment.host"
PROCESS_ID = "sentiment.process_id"
PROCESS_NAMESPACE = "sentiment.process_namespace"
PROCESS_START = "sentiment.process_start"

_PROC = Path("/proc")
# In the fields of /proc/ID/stat after the command's name, which may hold spaces.
_START_FIELD = 19


def describe_process() -> dict[str, str]:
    """Return the tags that tell this process from every other, ever."""
    return {
        HOST: socket.gethostname(),
        PROCESS_ID: str(os.getpid()),
        PROCESS_NAMESPACE: _namespace(),
        PROCESS_START: process_start(os.getpid()) or "",
    }


def process_start(process_id: int) -> str | None:
    """Return when a process of this host started; None if there is none.

    The answer is meant for comparison only: the boot of the machine and the clock ticks
    since then, which no change of the clock touches, or what ``ps`` prints.
    """
    if (_PROC / "self" / "stat").exists():
        try:
            stat = (_PROC / str(process_id) / "stat").read_text(errors="replace")
            boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return f"{boot}/{stat.rpartition(')')[2].split()[_START_FIELD]}"
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(process_id)],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or None


def peak_memory_mb() -> float | None:
    """Return the largest memory this process has had so far; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In bytes on macOS, in KiB elsewhere.
    return round(peak / 2**20 if sys.platform == "darwin" else peak / 2**10, 1)


def _namespace() -> str:
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""
