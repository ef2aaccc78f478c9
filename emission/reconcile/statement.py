"""A file of payments, read whole: what it says, and whether its own controls agree. All of it counts, or nothing."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from emission.errors import FileError, UsageError
from emission.payment import Settlement, Sighting
from emission.reconcile.lines import BadLineError, Line, decoded, split
from emission.reconcile.opening import content_of
from emission.reconcile.profiles import Profile
from emission.reconcile.settling import Sums, placed, settlements
from emission.reconcile.values import Reader

MOST_PROBLEMS = 1000
DIGEST = 8  # bytes that stand for a line


class Statement(msgspec.Struct, frozen=True):
    """What a file says.

    ``said`` are sightings with their lines; ``amount`` is the sum of its payments less what was given back, in minor
    units; ``digests`` stand for its lines.
    """

    number: str
    sha256: str
    digests: bytes
    said: tuple[tuple[int, Sighting], ...]
    settlements: tuple[Settlement, ...]
    amount: int


def read(path: Path, profile: Profile) -> Statement:
    """Reads the file at ``path``.

    Raises:
        UsageError: there is no such file.
        Refused: nothing of it can be read: see :func:`content_of`.
        FileError: lines are wrong, or its controls do not agree; each is named.
    """
    content = content_of(path, profile.member)
    text = decoded(content, profile.encoding, path)
    reader = Reader(profile)
    sums = Sums()
    said: list[tuple[int, Sighting]] = []
    problems: list[UsageError] = []
    for line in split(text, profile):
        try:
            if not isinstance(line, Line):
                raise line[1]
            sums.lines += 1
            _take(line, reader, sums, said)
        except BadLineError as error:
            problems.append(_problem(path, line[0], error))
            if len(problems) >= MOST_PROBLEMS:
                break
    if not problems:
        problems = [_problem(path, line, error) for line, error in sums.disagreements(profile)]
    if problems:
        raise FileError(problems, path=path)
    number = _number(path, profile, sums, said)
    said = _counted(placed(sums, number, said))
    return Statement(
        number=number,
        sha256=hashlib.sha256(content).hexdigest(),
        digests=b"".join(_digest(line) for line in text.split("\n")),
        said=tuple(said),
        settlements=settlements(sums, said),
        amount=sums.total,
    )


def changed_lines(before: bytes, now: bytes) -> list[int]:
    """The lines (from 1) of a file that are not its earlier self's; the one after its end, where it is shorter."""
    old = [before[at : at + DIGEST] for at in range(0, len(before), DIGEST)]
    new = [now[at : at + DIGEST] for at in range(0, len(now), DIGEST)]
    if len(old) == len(new):
        return [place for place, (one, other) in enumerate(zip(old, new, strict=True), start=1) if one != other]
    known = Counter(old)
    fresh = []
    for place, one in enumerate(new, start=1):
        known[one] -= 1
        if known[one] < 0:
            fresh.append(place)
    return fresh or [len(new) + 1]


def _take(line: Line, reader: Reader, sums: Sums, said: list[tuple[int, Sighting]]) -> None:
    if line.record.what == "payment":
        sighting = reader.payment(line, sums)
        if sighting is not None:
            said.append((line.number, sighting))
    elif line.record.what != "skip":
        reader.whole(line, sums)


def _counted(said: Sequence[tuple[int, Sighting]]) -> list[tuple[int, Sighting]]:
    """Those without a reference that say the same, told apart by counting them."""
    met: Counter[Sighting] = Counter()
    found = []
    for line, one in said:
        if one.reference:
            found.append((line, one))
            continue
        # Means say nothing of which payment it is; a settlement tells its payments apart by amount alone.
        key = msgspec.structs.replace(one, means="", paid_on=None if one.settlement else one.paid_on)
        met[key] += 1
        found.append((line, msgspec.structs.replace(one, occurrence=met[key])))
    return found


def _number(path: Path, profile: Profile, sums: Sums, said: Sequence[tuple[int, Sighting]]) -> str:
    """What the file is known by: the number that its name bears, its settlement's, else its name."""
    if profile.number and (match := re.search(profile.number, path.name)):
        return match.group(1)
    named = {one.settlement for _, one in said} | {sums.settlement} - {""}
    return named.pop() if len(named) == 1 and "" not in named else sums.settlement or path.name


def _problem(path: Path, line: int, error: BadLineError) -> UsageError:
    return UsageError(error.code, path=path.name, line=line, column=error.column, **error.params)


def _digest(line: str) -> bytes:
    return hashlib.blake2b(line.strip("\r \x1a").encode(), digest_size=DIGEST).digest()
