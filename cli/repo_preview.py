"""``shardgate repo preview``: what a repository would bring along, before it is registered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

import typer

from cli.console import announce_compiling, human_bytes, out, print_table, safe
from cli.people import AsJson
from policies.report.escape import display_path
from workers.context import Context
from workers.preview.look import preview_repository
from workers.preview.model import FileCounts, Forecast, Preview
from workers.reading.page import as_json as plain
from workers.settings import Settings


def preview(
    url: Annotated[str, typer.Argument(help="https, ssh or git@host:path; local where allowed.")],
    credential: Annotated[
        str, typer.Option(help="Reference env:NAME or file:PATH; never the credential itself.")
    ] = "",
    forecast: Annotated[
        bool, typer.Option("--forecast/--no-forecast", help="Scan a sample for what waits.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Show refs, size, licenses, owners and review load of a repository; nothing is kept.

    Exit codes: 0 seen, 1 the source could not be looked at, 2 the address must be mended.
    """
    settings = Settings()
    if forecast:
        announce_compiling(settings.cache_dir)
    seen = preview_repository(
        Context(settings=settings), url, credential=credential, with_forecast=forecast
    )
    if as_json:
        typer.echo(json.dumps(plain(seen), indent=2))
    else:
        _print(seen)
    if seen.refs is None:
        raise typer.Exit(1)


def _print(seen: Preview) -> None:
    for label, text in _lines(seen):
        out.print(f"{label:12} {safe(text)}", soft_wrap=True)
    if seen.forecast is not None:
        rows = [
            (load.lane, _about(load.items, load.least, load.most), "; ".join(load.titles))
            for load in seen.forecast.lanes
        ]
        print_table("would wait for", ("lane", "items", "for the most part"), rows)


def _lines(seen: Preview) -> Iterator[tuple[str, str]]:
    yield "repository", f"{seen.name} ({seen.repository_id})" + ", registered" * seen.is_registered
    yield "address", seen.url
    if seen.problem is not None:
        yield "problem", f"{seen.says} [{seen.problem.value}]"
        yield "what to do", seen.do
        if seen.cause:
            yield "git said", seen.cause
    if seen.refs is not None:
        refs = seen.refs
        others = f", {refs.others:,} others" * bool(refs.others)
        yield "refs", f"{refs.branches:,} branches, {refs.tags:,} tags{others}"
        yield "HEAD", " ".join(filter(None, (refs.default_branch, refs.head_commit[:12])))
    if seen.files is not None:
        yield from _files(seen.files)
    if seen.minutes is not None:
        yield "time", f"about {max(seen.minutes, 0.1):.1f} minutes to decisions, and the transfer"
    yield from _rights(seen)
    if seen.forecast is not None:
        yield from _forecast(seen.forecast)
    yield "cost", f"{human_bytes(seen.transferred)} fetched"


def _files(files: FileCounts) -> Iterator[tuple[str, str]]:
    yield "files", f"{files.files:,} with {files.blobs:,} contents, {human_bytes(files.size)}"
    special = (
        ("contents too large to fetch for a preview", files.large),
        ("links", files.links),
        ("submodules, which are not followed", files.submodules),
        ("pointers into LFS, whose contents are not mirrored", files.lfs_pointers),
    )
    for what, count in special:
        if count:
            yield "", f"{count:,} {what}"


def _rights(seen: Preview) -> Iterator[tuple[str, str]]:
    if seen.repository_license:
        yield "license", seen.repository_license
    for found in seen.licenses[:5]:
        yield "", f"{display_path(found.path)}: {found.expression or 'not recognised'}"
    if seen.owners:
        yield "owners", ", ".join(f"{o.name} ({o.rules})" for o in seen.owners[:8])


def _forecast(forecast: Forecast) -> Iterator[tuple[str, str]]:
    seen = f"{forecast.sampled:,} of {forecast.of:,} files were looked at"
    yield "forecast", f"{seen}; nothing stands against {forecast.releasable_share:.0%} of these"


def _about(items: int, least: int, most: int) -> str:
    return f"{items:,}" if least == most else f"about {items:,} ({least:,} to {most:,})"
