"""Which processes a run has, as the operating system tells it."""

from __future__ import annotations

import os
import subprocess


def workers_of(pid: int) -> list[int]:
    """The processes that render for ``pid``, now."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    found = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [int(child) for child, parent, command in found if int(parent) == pid and "spawn_main" in command]


def lives(pid: int) -> bool:
    """Whether it is there, and is more than a dead child that nobody has reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")
