"""The four plots of a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from release.documents.charts import MAX_BARS, Bar, Section, draw_chart
from release.documents.totals import Left, Total, Totals
from release.documents.words import human_bytes, plural

PLOT_FILES: Final = ("languages.svg", "licenses.svg", "repositories.svg", "reasons.svg")


def draw_plots(totals: Totals, release_id: str) -> Mapping[str, bytes]:
    """Return the plots by file name."""
    return {
        "languages.svg": _plot("Languages", totals.languages, release_id),
        "licenses.svg": _plot("Licenses", totals.licenses, release_id),
        "repositories.svg": _plot("Repositories", totals.repositories, release_id),
        "reasons.svg": draw_chart(
            "Reasons",
            f"{release_id}. A file with several reasons counts under each.",
            [
                Section(heading="What the policy says of the rows", bars=_row_bars(totals.reasons)),
                Section(
                    heading="Why other files are not here",
                    bars=_left_bars(totals.left_out),
                ),
            ],
        ),
    }


def _plot(title: str, totals: Sequence[Total], release_id: str) -> bytes:
    size = human_bytes(sum(total.bytes for total in totals))
    note = f"{release_id}. {plural(len(totals), 'name')}, {size}. Bars show bytes of content."
    bars = [
        Bar(name=t.name, value=t.bytes, shown=f"{human_bytes(t.bytes)}, {plural(t.rows, 'row')}")
        for t in totals[:MAX_BARS]
    ]
    rest = totals[MAX_BARS:]
    if rest:
        size_of_rest = sum(total.bytes for total in rest)
        rows = plural(sum(total.rows for total in rest), "row")
        shown = f"{human_bytes(size_of_rest)}, {rows}"
        bars.append(_rest(len(rest), size_of_rest, shown))
    return draw_chart(title, note, [Section(bars=bars)])


def _row_bars(totals: Sequence[Total]) -> list[Bar]:
    ranked = sorted(totals, key=lambda t: (-t.rows, t.name))
    return [Bar(name=t.name, value=t.rows, shown=plural(t.rows, "row")) for t in ranked[:MAX_BARS]]


def _left_bars(left: Sequence[Left]) -> list[Bar]:
    shown = left[:MAX_BARS]
    return [Bar(name=x.reason, value=x.files, shown=plural(x.files, "file")) for x in shown]


def _rest(count: int, value: int, shown: str) -> Bar:
    return Bar(name=f"{count:,} others", value=value, shown=shown, is_rest=True)
