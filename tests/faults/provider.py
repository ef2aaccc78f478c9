"""A sandbox in a process of its own that outlives the runs, does wrong on demand and is counted from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Provider:
    """The control calls of the sandbox at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def fail(self, fault: str, times: int = 1, seconds: float = 0) -> None:
        """Arms a fault for the next ``times`` calls that it concerns."""
        self._ask("POST", "faults", json.dumps({"fault": fault, "times": times, "seconds": seconds}).encode())

    def forget(self) -> None:
        """Takes every operation out of its memory."""
        self._ask("DELETE", "operations")

    def calm(self) -> None:
        """From now on it does no wrong."""
        self._ask("DELETE", "faults")

    def pay(self, number: str) -> None:
        """Somebody pays that operation."""
        self._ask("POST", "pay", json.dumps({"number": number}).encode())

    def operations(self) -> list[dict[str, str]]:
        """All that were ever created, in their order."""
        found: list[dict[str, str]] = json.loads(self._ask("GET", "operations"))["operations"]
        return found

    def external_ids(self) -> list[str]:
        """Theirs; one that stands there twice was charged twice."""
        return [operation["external_id"] for operation in self.operations()]

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            content: bytes = answer.read()
        return content


@contextmanager
def serving(state: Path | None) -> Iterator[Provider]:
    """A sandbox that remembers in ``state``, or only in memory."""
    command = [sys.executable, "-m", "emission.sandbox", "--port", "0", "--die-with-stdin"]
    if state is not None:
        command += ["--state", str(state)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield Provider(process.stdout.readline().removeprefix("ready ").strip())
        finally:
            process.stdin.close()
