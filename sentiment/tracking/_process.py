"""Which process made a run: enough to tell later whether it still lives.

A process id alone is no answer, ids are used again; id and start time are. Ids count
within one host, and in containers within one process namespace.
"""

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HOST = "sentiment.host"
MACHINE = "sentiment.machine"
PROCESS_ID = "sentiment.process_id"
PROCESS_NAMESPACE = "sentiment.process_namespace"
PROCESS_START = "sentiment.process_start"

_PROC = Path("/proc")
_MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
# In the fields of /proc/ID/stat after the command's name, which may hold spaces.
_STATE_FIELD = 0
_START_FIELD = 19
# A zombie, which waits for its parent, and a dead process run no more.
_ENDED = ("Z", "X", "x")


def describe_process() -> dict[str, str]:
    """Return the tags that tell this process from every other, ever."""
    return {
        HOST: socket.gethostname(),
        MACHINE: _machine(),
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
        fields = stat.rpartition(")")[2].split()
        if fields[_STATE_FIELD] in _ENDED:
            return None
        return f"{boot}/{fields[_START_FIELD]}"
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(process_id)],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or None


def is_gone(tags: Mapping[str, str]) -> bool:
    """Tell whether the process that these tags describe ran here and runs no more.

    False wherever that cannot be told: for another host, another process namespace, or
    tags that are not complete.

    ``tags``: of a run, as :func:`describe_process` gave them.
    """
    here = describe_process()
    start, number = tags.get(PROCESS_START), tags.get(PROCESS_ID, "")
    if not start or not number.isdecimal():
        return False
    if any(tags.get(name, "") != here[name] for name in (HOST, PROCESS_NAMESPACE)):
        return False
    if start == process_start(int(number)):
        return False
    boot, slash, _ = start.partition("/")
    if slash and not here[PROCESS_START].startswith(f"{boot}/"):
        # Another boot: of this machine, or of another one with the same name.
        return bool(here[MACHINE]) and tags.get(MACHINE) == here[MACHINE]
    return True


def peak_memory_mb() -> float | None:
    """Return the largest memory this process has had so far; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In bytes on macOS, in KiB elsewhere.
    return round(peak / 2**20 if sys.platform == "darwin" else peak / 2**10, 1)


def _machine() -> str:
    """Return what tells this machine from others; empty if it has no such name.

    A digest: the machine's id itself is not meant to be given away.
    """
    for path in _MACHINE_FILES:
        try:
            name = path.read_text().strip()
        except OSError:
            continue
        if name:
            return hashlib.sha256(f"sentiment {name}".encode()).hexdigest()[:16]
    return ""


def _namespace() -> str:
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""
