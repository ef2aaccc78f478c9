"""Any word of a bill → the bill: an index of words, for the clerk while the neighbour waits. SQLite only (FTS5).

``search`` holds words and nothing else; ``sought`` says whose they are: an obligation's, or a row's that never became
one. Words are only added: a bill is found by an old name too. Texts are cut into words here, the same way when they
are kept and when they are asked for, so that nothing a clerk types is ever a query's syntax.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, exists, func, select, text, update

from emission.ledger.schema import effect, entry, obligation, operation, run, sought, staged, stray
from emission.model import Obligation, Operation

PAGE = 1000
LONGEST = 32  # of a word; a longer one (a barcode, the text of a QR) is kept as its digest
SHORTEST_BEGINNING = 3  # letters of a last word that may be the beginning of a longer one
MOST_WORDS = 40  # of a question; more are a pasted code, and nothing else
MOST = 10_000  # bills that are told apart and counted; beyond, the clerk must say more
_CUIT = 11
_ROW = ("run_id", "row", "obligation", "voucher_id", "record", "parsed")

_WORD = re.compile(r"[a-z0-9]+")
_MARKS = re.compile("[\u0300-\u036f]")
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
    nobodys = staged.c.obligation.is_(None)
    # Rows without an obligation may have other numbers now. Their words stay, nobody's, so that no key is given twice.
    forgotten = update(sought).where(sought.c.run_id == run_id, sought.c.row.is_not(None))
    connection.execute(forgotten.values(row=None))
    query = select(*(staged.c[name] for name in _ROW)).where(staged.c.run_id == run_id, nobodys | ~said)
    _index_rows(connection, connection.execute(query.order_by(staged.c.position)))


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
    chunks = [parts for chunk in _plain(asked).split() if (parts := _parts(chunk))]
    if not chunks:
        return ""
    whole = _quoted(_joined(asked))
    if sum(map(len, chunks)) > MOST_WORDS:
        return whole
    each = [_chunk(parts, last=False) for parts in chunks[:-1]] + [_chunk(chunks[-1], last=True)]
    return f"({' AND '.join(each)}) OR {whole}"


def words(texts: Iterable[str]) -> dict[str, None]:
    """The words under which texts are found: ``12-B`` by ``12b``, ``12`` and ``b``; each once, in order."""
    found: dict[str, None] = {}
    for chunk in _plain(" ".join(texts)).split():
        if chunk.isalnum():
            found[_word(chunk)] = None
        elif parts := _parts(chunk):
            found.update(dict.fromkeys(map(_word, parts)))
            found[_word("".join(parts))] = None
    return found


def code_word(text: str) -> str:
    """The one word under which a code is kept; "" where it has neither letter nor digit."""
    return _word(_joined(text))


def _chunk(parts: list[str], *, last: bool) -> str:
    end = "*" if last and parts[-1].isalpha() and len(parts[-1]) >= SHORTEST_BEGINNING else ""
    joined = f"{_quoted(''.join(parts))}{end}"
    if len(parts) == 1:
        return joined
    return f"({joined} OR ({' AND '.join(map(_quoted, parts))}{end}))"


def _joined(text: str) -> str:
    plain = _plain(text)
    return plain if plain.isascii() and plain.isalnum() else "".join(_parts(plain))


def _quoted(word: str) -> str:
    return f'"{_word(word)}"'


def _parts(chunk: str) -> list[str]:
    """The words of a plain text without spaces: what stands between its signs."""
    return _WORD.findall(chunk)


def _plain(text: str) -> str:
    """The text without case and accents, in ASCII alone, as the index knows no other letters."""
    if text.isascii():
        return text.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    if plain.isascii():
        return plain
    # Letters of other scripts by their numbers: the beginning of a word stays its beginning.
    return "".join(s if s.isascii() else f"{ord(s):x}" if s.isalnum() else " " for s in plain)


def _word(word: str) -> str:
    return word if len(word) <= LONGEST else hashlib.blake2b(word.encode(), digest_size=8).hexdigest()


def _facts(voucher_id: str, record: Obligation) -> dict[str, None]:
    payer, postal = record.payer, record.postal
    # Who has a CUIT says the DNI within it.
    document = payer.id[2:10] if len(payer.id) == _CUIT and payer.id.isdigit() else ""
    return words(
        (
            record.obligation_id, voucher_id, record.account, record.tax, record.period, payer.name, payer.id, document,
            record.property_address, postal.street, postal.number, postal.extra, postal.city, postal.postal_code,
        )
    )  # fmt: skip


def _codes(made: Operation) -> dict[str, None]:
    # A code is one word, however it is written: nobody asks for a part of it.
    return {word: None for code in made.codes if (word := code_word(code.text))}


def _rows() -> Select[Any]:
    return select(*(entry.c[name] for name in _ROW))


def _index_rows(connection: Connection, rows: Iterable[Any]) -> None:
    for page in _paged(rows):
        facts: list[tuple[Subject, dict[str, None]]] = []
        for mine, number, key, voucher_id, record, parsed in page:
            if key is None or record is None:
                facts.append((Subject(mine, None, number), words((voucher_id, *_read.decode(parsed).original))))
            else:
                facts.append((Subject(mine, key, None), _facts(voucher_id, _obligation.decode(record))))
        _add(connection, facts)


def _add(connection: Connection, facts: Sequence[tuple[Subject, dict[str, None]]]) -> None:
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
