"""The page of two tables compared: one file, readable without network, script or a wide screen."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from watchkeeper.charts.palette import stylesheet
from watchkeeper.charts.shares import STYLE, shares_drawing

MOST_DRAWN = 200
"""Columns that are drawn, the ones of most concern; the table has all."""
MOST_GROUPS = 40
FINE, LEAST = 0.002, 0.001
"""The width of an interval that thousandths tell, and the smallest size that they do."""
CERTAIN = 1e-10
"""Smaller chances are all the same to a reader."""
MANY = 24
"""Columns from which the stable ones are folded away: who looks for what has changed need not scroll past them."""

ICONS = {
    "drifted": ("bad", "M8 1.6 15 14H1Zm0 4.6v3.6m0 1.6v.8"),
    "immaterial": ("warn", "M2 8h12M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2"),
    "stable": ("good", "M3 8.5 6.5 12 13 4.5"),
    "not enough data": ("none", "M4 8h.2M8 8h.2M12 8h.2"),
}
MEANINGS = {
    "drifted": "it has changed, by enough to matter",
    "immaterial": "it has changed, by too little to matter",
    "stable": "no change is to be seen",
    "not enough data": "too few rows to say",
}

LOOK = """
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
body { margin: 0 auto; max-width: 1200px; padding: 48px 48px 96px; background: var(--ground); color: var(--ink);
  font-size: 0.9375rem; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1, h2, h3, p, dl, dd, ul { margin: 0; padding: 0; }
h1 { font-size: 1.875rem; line-height: 1.2; font-weight: 620; letter-spacing: -0.018em; }
h2 { font-size: 1.1875rem; font-weight: 620; margin: 56px 0 12px; }
h3 { font-size: 0.9375rem; font-weight: 620; }
a { color: inherit; text-decoration-color: var(--edge); text-underline-offset: 3px; }
a:hover { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.quiet, .key, footer { color: var(--quiet); font-size: 0.8125rem; }
header p { margin-top: 12px; max-width: 68ch; }
.counts { display: flex; flex-wrap: wrap; gap: 8px 24px; margin-top: 20px; list-style: none; }
.state { display: inline-flex; gap: 6px; align-items: center; white-space: nowrap; color: var(--quiet); }
.state svg { width: 16px; height: 16px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6;
  stroke-linecap: round; stroke-linejoin: round; }
.bad { color: var(--bad); } .warn { color: var(--warn); } .good { color: var(--good); }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 400; color: var(--quiet); font-size: 0.8125rem; }
th, td { padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.said, td:first-child { overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 40px 48px; }
.card { min-width: 0; scroll-margin-top: 24px; }
.card > .title { display: flex; justify-content: space-between; gap: 12px; align-items: baseline; }
.card h3 { min-width: 0; overflow-wrap: anywhere; }
.card > p { margin: 4px 0 8px; font-size: 0.8125rem; color: var(--quiet); min-height: 2.8em; }
.shares { width: 100%; height: auto; display: block; }
details { margin-top: 8px; font-size: 0.8125rem; }
summary { cursor: pointer; color: var(--quiet); width: fit-content; }
summary:hover { color: var(--ink); }
.rest { margin-top: 24px; font-size: inherit; }
.rest > :last-child { margin-top: 24px; }
details th, details td { padding: 4px 6px 4px 0; }
.card td:first-child { min-width: 8ch; }
.card th { white-space: normal; }
.key { display: flex; gap: 20px; margin-bottom: 20px; }
.key span::before { content: ""; display: inline-block; width: 12px; height: 12px; margin-right: 6px;
  border-radius: 2px; vertical-align: -1px; background: var(--swatch); }
.list td:first-child { max-width: 32ch; min-width: min(24ch, 34vw); }
footer { margin-top: 64px; max-width: 76ch; display: grid; gap: 8px; }
@media (max-width: 640px) {
  body { padding: 24px 16px 64px; }
  h1 { font-size: 1.5rem; }
  .list thead { display: none; }
  .list tr { display: grid; grid-template-columns: 1fr auto; gap: 0 12px; padding: 12px 0;
    border-bottom: 1px solid var(--line); }
  .list td { border: 0; padding: 0; }
  .list .said { grid-column: 1 / -1; }
  .list .number { display: none; }
}
"""

Plain = Mapping[str, Any]
Numbered = tuple[int, Plain]
"""A column's place among all, and the column."""


def drift_report(found: Plain) -> str:
    """From plain values: {"sentence", "alpha", "reference_rows", "current_rows", "columns": [...], "left_out": {},
    "only_in_reference": [], "only_in_current": [], "independence", "faults": [], "notices": []}, the columns in the
    order they are shown in."""
    columns = found["columns"]
    more = f'<p class="quiet">The first {MOST_DRAWN} are drawn.</p>' if len(columns) > MOST_DRAWN else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Drift</title>'
        f"<style>{stylesheet()}{LOOK}{STYLE}</style></head><body>{_head(found)}"
        f"<main>{_sound(found)}<h2>Columns</h2>{_folded(columns, _list)}{_aside(found)}<h2>Distributions</h2>{_key()}"
        f"{more}{_folded(columns[:MOST_DRAWN], _cards)}</main>{_foot(found)}</body></html>\n"
    )


def _folded(columns: Sequence[Plain], shown: Callable[[Sequence[Numbered]], str]) -> str:
    """With the stable ones of many folded away; a link to one of them opens them."""
    numbered = list(enumerate(columns))
    told = [each for each in numbered if each[1]["verdict"] != "stable"]
    rest = [each for each in numbered if each[1]["verdict"] == "stable"]
    if len(columns) < MANY or not rest:
        return shown(numbered)
    count = f"{len(rest):,} stable column{'' if len(rest) == 1 else 's'}"
    return f'{shown(told) if told else ""}<details class="rest"><summary>{count}</summary>{shown(rest)}</details>'


def _head(found: Plain) -> str:
    verdicts = [column["verdict"] for column in found["columns"]]
    counts = "".join(
        f"<li>{_state(verdict, f'{verdicts.count(verdict)} {verdict}')}</li>"
        for verdict in ICONS
        if verdict in verdicts
    )
    rows = f"{found['current_rows']:,} rows, compared with a reference of {found['reference_rows']:,}."
    missed = len(_missed(found))
    what = f"{missed} column{' was' if missed == 1 else 's were'} not compared"
    aside = f' <a href="#not-compared">{what}.</a>' if missed else ""
    return f'<header><h1>{escape(found["sentence"])}</h1><p>{rows}{aside}</p><ul class="counts">{counts}</ul></header>'


def _sound(found: Plain) -> str:
    """What broke in the data, and what lies beyond the reference."""
    faults = [(_fault(fault["fault"]), fault) for fault in found["faults"]]
    beyond = [(_state("immaterial", "beyond the reference"), notice) for notice in found["notices"]]
    return "".join(
        f'<h2>{title}</h2><table class="list"><tbody>'
        + "".join(f'<tr><td>{state}</td><td class="said">{escape(of["sentence"])}</td></tr>' for state, of in told)
        + "</tbody></table>"
        for title, told in (("Is the data sound?", faults), ("Not seen before", beyond))
        if told
    )


def _fault(name: str) -> str:
    return _state("immaterial", "not explained") if name == "unknown" else _state("drifted", name)


def _state(verdict: str, words: str) -> str:
    tone, path = ICONS[verdict]
    icon = f'<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>'
    return f'<span class="state {tone}">{icon}{escape(words)}</span>'


def _list(columns: Sequence[Numbered]) -> str:
    rows = "".join(
        f"<tr><td>{_link(place, column['column'])}</td><td>{_state(column['verdict'], column['verdict'])}</td>"
        f'<td class="said">{escape(column["sentence"])}</td>'
        f'<td class="number">{_plain_size(column["effect"])}</td></tr>'
        for place, column in columns
    )
    head = '<tr><th>Column</th><th>Verdict</th><th>What is known</th><th class="number">Size</th></tr>'
    return f'<table class="list"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _link(place: int, name: str) -> str:
    return f'<a href="#c{place}">{escape(name)}</a>' if place < MOST_DRAWN else escape(name)


def _missed(found: Plain) -> list[tuple[str, str]]:
    """What was not compared, by name, and why."""
    return [
        *((name, "only in the reference") for name in found["only_in_reference"]),
        *((name, "only in the current table") for name in found["only_in_current"]),
        *((name, f"left out: {why}") for name, why in found["left_out"].items()),
    ]


def _aside(found: Plain) -> str:
    told = _missed(found)
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(why)}</td></tr>" for name, why in told)
    return f'<h2 id="not-compared">Not compared</h2><table>{rows}</table>' if told else ""


def _key() -> str:
    return (
        '<p class="key"><span style="--swatch: var(--reference-band)">reference</span>'
        '<span style="--swatch: var(--champion)">current</span></p>'
    )


def _cards(columns: Sequence[Numbered]) -> str:
    each = "".join(
        f'<section class="card" id="c{place}"><div class="title"><h3>{escape(column["column"])}</h3>'
        f"{_state(column['verdict'], column['verdict'])}</div><p>{escape(column['sentence'])}</p>"
        f"{shares_drawing(column).svg}"
        f"<details><summary>Numbers</summary>{_facets(column)}{_shares(column)}</details></section>"
        for place, column in columns
    )
    return f'<div class="cards">{each}</div>'


def _facets(column: Plain) -> str:
    rows = [
        (found["facet"], _chance(found["p_value"]), _size(found["effect"]), f"{found['floor']:g}")
        for found in column["findings"]
    ]
    return _numbers(("facet", "p", "size", "matters from"), rows)


def _shares(column: Plain) -> str:
    each = zip(column["labels"], column["reference"], column["current"], strict=True)
    rows = [(label, f"{100 * before:.2f} %", f"{100 * now:.2f} %") for label, before, now in each]
    return _numbers(("group", "reference", "current"), rows[:MOST_GROUPS])


def _numbers(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A small table: words, then numbers."""
    titles = "".join(f'<th class="number">{title}</th>' for title in head[1:])
    cells = ["".join(f'<td class="number">{cell}</td>' for cell in row[1:]) for row in rows]
    body = "".join(f"<tr><td>{escape(row[0])}</td>{each}</tr>" for row, each in zip(rows, cells, strict=True))
    return f"<table><thead><tr><th>{head[0]}</th>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _plain_size(size: float) -> str:
    return f"{size:.3f}" if size >= LEAST or not size else f"below {LEAST:g}"


def _chance(p_value: float) -> str:
    return f"{p_value:.2g}" if p_value >= CERTAIN else f"&lt;{CERTAIN:g}"


def _size(effect: Sequence[float]) -> str:
    estimate, low, high = effect
    if not 0 < high < 10:
        return "unknown" if high else "0"
    digits = 3 if high - low >= FINE else 5
    return f"{estimate:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _foot(found: Plain) -> str:
    meanings = "; ".join(f"{verdict}: {meaning}" for verdict, meaning in MEANINGS.items())
    return (
        f"<footer><p>With no drift in any column, the chance that any of these is called drifted is at most "
        f"{100 * found['alpha']:g} %. {escape(found['independence'])}</p>"
        f"<p>{escape(meanings[0].upper() + meanings[1:])}. The size of a small change is about its population "
        "stability index, of a large one less, and without what chance alone makes of it; in brackets the interval "
        "that holds it with 90 %.</p></footer>"
    )
