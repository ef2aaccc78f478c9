"""Any word of a bill → the bill: an index of words, for the clerk while the neighbour waits. SQLite only (FTS5).

``search`` holds words and nothing else; ``sought`` says whose they are: an obligation's, or a row's that never became
one. Words are only added: a bill is found by an old name too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, exists, func, select, text, update

from emission.ledger.schema import effect, entry, obligation, operation, run, sought, staged, stray
from emission.model import Obligation, Operation
from emission.words import chunks, code_word, kept, words, words_of

PAGE = 1000
SHORTEST_BEGINNING = 3  # letters of a last word that may be the beginning of a longer one
MOST_WORDS = 40  # of a question; more are a pasted code, and nothing else
MOST = 10_000  # bills that are told apart and counted; beyond, the clerk must say more
_ROW = ("run_id", "row", "obligation", "voucher_id", "record", "parsed")

_obligation = msgspec.msgpack.Decoder(Obligation)
_operation = msgspec.msgpack.Decoder(Operation)

_WORDED = text(
    "SELECT sought.run_id, sought.obligation, sought.row FROM search JOIN sought ON sought.id = search.rowid"
    " WHERE search MATCH :wanted AND sought.run_id IN :runs"
    " AND (sought.obligation IS NOT NULL OR sought.row IS NOT NULL) ORDER BY search.rowid DESC LIMIT :most"
).bindparams(bindparam("runs", expanding=True))


_WHOSE = (
    select(effect.c.id, obligation.c.run_id, obligation.c.id)
    .join(obligation, obligation.c.id == effect.c.obligation)
    .where(effect.c.id.in_(bindparam("effects", expanding=True)))
)
_NEXT = select(func.coalesce(func.max(sought.c.id), 0) + 1)


class _Read(msgspec.Struct, frozen=True):
    """Of what intake made of a row, the words."""

    original: tuple[str, ...]


_read = msgspec.msgpack.Decoder(_Read)


class Subject(msgspec.Struct, frozen=True):
    """Whose words were found: an obligation, or (where that is ``None``) a row of a run."""

    run: int
    obligation: int | None
    row: int | None


def create(connection: Connection) -> None:
    """Makes the index of a new ledger."""
    # Neither the text nor the places of its words are kept: which bills have a word is all that is ever asked.
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE search USING fts5(facts, content = '', columnsize = 0, detail = none, tokenize = 'ascii')"
    )
    # Merged seldom and much at once: every commit pays for its merges, and a question hardly for many segments.
    for setting, value in (("automerge", 0), ("crisismerge", 256)):
        connection.exec_driver_sql("INSERT INTO search (search, rank) VALUES (?, ?)", (setting, value))


def index_all(connection: Connection) -> None:
    """Indexes what a ledger without an index holds."""
    _index_rows(connection, connection.execute(_rows().order_by(entry.c.run_id, entry.c.row)))
    query = select(obligation.c.run_id, obligation.c.id, operation.c.record)
    query = query.join(effect, effect.c.id == operation.c.effect).join(
        obligation, obligation.c.id == effect.c.obligation
    )
    for page in _paged(connection.execute(query)):
        _add(connection, [(Subject(mine, key, None), _codes(_operation.decode(record))) for mine, key, record in page])


def index_entries(connection: Connection, obligations: Sequence[int]) -> None:
    """Indexes what the rows of these obligations say."""
    _index_rows(connection, connection.execute(_rows().where(entry.c.obligation.in_(obligations))))


def index_staged(connection: Connection, run_id: int) -> None:
    """Indexes what the run's image says that its rows do not say yet. Comes before the image takes their place."""
    said = exists().where(entry.c.obligation == staged.c.obligation, entry.c.presentation == staged.c.presentation)
    nobodys = staged.c.obligation.is_(None) | staged.c.record.is_(None)
    # Rows without an obligation may have other numbers now. Their words stay, nobody's, so that no key is given twice.
    forgotten = update(sought).where(sought.c.run_id == run_id, sought.c.row.is_not(None))
    connection.execute(forgotten.values(row=None))
    rows = select(*(staged.c[name] for name in _ROW)).where(staged.c.run_id == run_id, nobodys)
    _index_rows(connection, connection.execute(rows.order_by(staged.c.position)))
    new = select(staged.c.obligation, staged.c.words).where(staged.c.run_id == run_id, ~nobodys, ~said)
    for page in _paged(connection.execute(new.order_by(staged.c.position))):
        _add(connection, [(Subject(run_id, debt, None), (told,)) for debt, told in page])


def index_operations(connection: Connection, found: Sequence[tuple[int, Operation]]) -> None:
    """Indexes the codes that these effects' operations print."""
    if found:
        rows = connection.execute(_WHOSE, {"effects": [key for key, _ in found]}).all()
        whose = {key: Subject(mine, debt, None) for key, mine, debt in rows}
        _add(connection, [(whose[key], _codes(made)) for key, made in found])


def named(connection: Connection, name: str, runs: Sequence[int]) -> list[Subject]:
    """Whose id, operation or external id is exactly ``name``, letter by letter."""
    by_row = select(entry.c.run_id, entry.c.obligation, entry.c.row)
    by_effect = select(obligation.c.run_id, obligation.c.id, text("NULL")).join(
        effect, effect.c.obligation == obligation.c.id
    )
    questions = (
        by_row.where(entry.c.run_id.in_(runs), entry.c.obligation_id == name),
        by_effect.where(effect.c.external_id == name.upper()),
        by_effect.join(operation, operation.c.effect == effect.c.id).where(operation.c.number == name),
        by_effect.join(stray, stray.c.effect == effect.c.id).where(stray.c.number == name),
    )
    for question in questions:
        found = _distinct(connection.execute(question))
        if mine := [subject for subject in found if subject.run in runs]:
            return mine
    return []


def worded(connection: Connection, asked: str, runs: Sequence[int]) -> list[Subject]:
    """Whose words are all those of ``asked`` (its last one perhaps unfinished), newest first; at most :data:`MOST`."""
    wanted = expression(asked)
    if not wanted or not runs:
        return []
    return _distinct(connection.execute(_WORDED, {"wanted": wanted, "runs": list(runs), "most": MOST}))


def run_ids(connection: Connection, environment: str, *, others: bool) -> list[int]:
    """The runs of an environment, or those of all others."""
    mine = run.c.environment == environment
    return list(connection.execute(select(run.c.id).where(~mine if others else mine)).scalars())


def expression(asked: str) -> str:
    """What FTS5 is asked: every word, or the whole text as one word (a code as it was scanned); "" asks for nothing."""
    *before, last = chunks(asked) or [[]]
    if not last:
        return ""
    whole = _quoted(code_word(asked))
    if sum(map(len, (*before, last))) > MOST_WORDS:
        return whole
    each = [*(_chunk(parts, last=False) for parts in before), _chunk(last, last=True)]
    return f"({' AND '.join(each)}) OR {whole}"


def _chunk(parts: list[str], *, last: bool) -> str:
    end = "*" if last and parts[-1].isalpha() and len(parts[-1]) >= SHORTEST_BEGINNING else ""
    joined = f"{_quoted(''.join(parts))}{end}"
    if len(parts) == 1:
        return joined
    return f"({joined} OR ({' AND '.join(map(_quoted, parts))}{end}))"


def _quoted(word: str) -> str:
    return f'"{kept(word)}"'


def _codes(made: Operation) -> dict[str, None]:
    # A code is one word, however it is written: nobody asks for a part of it.
    return {word: None for code in made.codes if (word := code_word(code.text))}


def _rows() -> Select[Any]:
    return select(*(entry.c[name] for name in _ROW))


def _index_rows(connection: Connection, rows: Iterable[Any]) -> None:
    for page in _paged(rows):
        facts: list[tuple[Subject, Iterable[str]]] = []
        for mine, number, key, voucher_id, record, parsed in page:
            if key is None or record is None:
                facts.append((Subject(mine, None, number), words((voucher_id, *_read.decode(parsed).original))))
            else:
                facts.append((Subject(mine, key, None), words_of(voucher_id, _obligation.decode(record))))
        _add(connection, facts)


def _add(connection: Connection, facts: Sequence[tuple[Subject, Iterable[str]]]) -> None:
    first = connection.execute(_NEXT).scalar_one()
    found = list(enumerate(facts, first))
    connection.exec_driver_sql(
        "INSERT INTO sought (id, run_id, obligation, row) VALUES (?, ?, ?, ?)",
        [(key, whose.run, whose.obligation, whose.row) for key, (whose, _) in found],
    )
    connection.exec_driver_sql(
        "INSERT INTO search (rowid, facts) VALUES (?, ?)", [(key, " ".join(mine)) for key, (_, mine) in found]
    )


def _paged(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while page := list(itertools.islice(remaining, PAGE)):
        yield page


def _distinct(rows: Iterable[Any]) -> list[Subject]:
    """Each bill once; a bill that several runs name is the newest run's."""
    found: dict[tuple[int, int | None, int | None], Subject] = {}
    for mine, key, number in rows:
        if key is None:
            found.setdefault((mine, None, number), Subject(mine, None, number))
        else:
            found.setdefault((0, key, None), Subject(mine, key, None))
    return list(found.values())
