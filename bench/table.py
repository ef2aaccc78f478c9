"""Figures for people."""

from __future__ import annotations

from collections.abc import Iterator

from bench.contest import Contest
from bench.endtoend import EndToEnd, Sizes
from bench.figures import Engine, Figures
from bench.machine import Machine
from bench.memory import Growth
from bench.spending import Spending
from bench.spread import Spread

_HEAD = f"  {'':44}{'min':>10}{'median':>10}{'max':>10}"


def text(figures: Figures) -> str:
    """All of it, to be read in a terminal 100 columns wide."""
    lines = [*_machine(figures.machine), *_engine(figures.engine)]
    if figures.end_to_end is not None:
        lines += _whole(figures.end_to_end)
    if figures.qr is not None:
        lines += contest_lines("QR alone, one core, symbols a second", figures.qr)
    if figures.sizes is not None:
        lines += _sizes(figures.sizes)
    if figures.memory is not None:
        lines += _memory(figures.memory)
    return "\n".join(lines)


def _machine(machine: Machine) -> Iterator[str]:
    load = "" if machine.load is None else f", load {machine.load} at the start"
    yield f"{machine.date}  {machine.python}  {machine.system}"
    yield f"{machine.cores} cores, {machine.processor}{load}"
    yield ", ".join(f"{name} {version}" for name, version in machine.packages.items())


def _engine(engine: Engine) -> Iterator[str]:
    result = engine.rendering
    yield f"\nRendering alone on {result.page}"
    for name in result.absent:
        yield f"  absent, since it is not installed: {name}"
    yield from contest_lines("One file a voucher, files a second and core", result.files)
    yield from contest_lines("One document, pages a second and core", result.book)
    yield "\nBytes of a file, and of a page more in one document"
    yield _HEAD
    for name, size in result.bytes_a_file.items():
        yield f"  {name:44}{_three(size, ',.0f')}"
    for name, each in result.bytes_a_page.items():
        yield f"  {name:44}{'':10}{each:>10,.0f}"
    yield from _spending(engine.spending)
    pair = engine.workers
    yield "\nWorkers, files and lot pages on disk, vouchers a second"
    yield _HEAD
    yield f"  {'one':44}{_three(pair.one, ',.1f')}"
    yield f"  {'two':44}{_three(pair.two, ',.1f')}"
    yield f"  {'two, times as fast':44}{_three(pair.times, ',.2f')}"
    if engine.peaks:
        yield "\nPeak memory of a process, MiB resident"
    for name, peak in engine.peaks.items():
        yield f"  {name:44}{peak:>10,.1f}"
    for lot in engine.lots:
        yield f"  {f'emission, a lot of {lot.pages:,} pages, {lot.size:,.0f} MiB':44}{lot.peak:>10,.1f}"


def _spending(spending: Spending) -> Iterator[str]:
    yield "\nWhere our time goes, milliseconds of processor for a file, checked, drawn and written"
    yield f"  {'in all':44}{spending.milliseconds:>10,.3f}"
    for name, part in spending.by_kind.items():
        yield f"    {name:42}{part:>10,.3f}{part / spending.milliseconds:>10.0%}"
    yield f"  {'the floor: the same bytes deflated, written':44}{sum(spending.floor.values()):>10,.3f}"
    for name, part in spending.floor.items():
        yield f"    {name:42}{part:>10,.3f}"


def _whole(whole: EndToEnd) -> Iterator[str]:
    yield f"\nEnd to end: {whole.vouchers} vouchers, {whole.rows} rows"
    yield f"  {'vouchers a second':44}{whole.vouchers_per_second:>10,.1f}"
    yield f"  {'vouchers a second and core':44}{whole.vouchers_per_second_and_core:>10,.1f}"
    yield f"  {'seconds':44}{whole.seconds:>10,.2f}"
    for name, seconds in whole.stages.items():
        yield f"    {name:42}{seconds:>10,.2f}"


def contest_lines(title: str, result: Contest) -> Iterator[str]:
    """One contest: items a second of everybody, and how many times as fast ours is."""
    yield f"\n{title}: {result.rounds} rounds of {result.chunk} by turns"
    yield _HEAD
    for name, rate in result.rates.items():
        yield f"  {name:44}{_three(rate, ',.1f')}"
    for ours, others in result.times_as_fast.items():
        yield f"  {ours}, times as fast as"
        for name, times in others.items():
            yield f"    {name:42}{_three(times, ',.2f')}"


def _sizes(sizes: Sizes) -> Iterator[str]:
    yield "\nBytes of a file"
    yield _HEAD
    yield f"  {'a digital PDF':44}{_three(sizes.digital, ',.0f')}"
    yield f"  {'a lot, by its ' + str(sizes.lot_pages) + ' pages':44}{sizes.lot_page:>10,.0f}"


def _memory(growth: Growth) -> Iterator[str]:
    small, large = growth.small, growth.large
    yield "\nPeak memory, MiB resident"
    yield f"  {'rows':44}{small.rows:>10,}{large.rows:>10,}{'growth':>10}"
    for name, field in (
        ("coordinating process", "coordinator"),
        ("largest worker", "worker"),
        ("together, shared pages counted in each", "together"),
    ):
        peaks = "".join(f"{getattr(peak, field):>10,.1f}" for peak in (small, large))
        yield f"  {name:44}{peaks}{getattr(growth, field):>10,.2f}"
    yield f"  {'the sandbox, which is not counted':44}{small.sandbox:>10,.1f}{large.sandbox:>10,.1f}"


def _three(spread: Spread, form: str) -> str:
    return "".join(f"{value:>10{form}}" for value in (spread.min, spread.median, spread.max))
