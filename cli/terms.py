"""``shardgate terms …``: the company's logins, customers and code names, which no output shows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from cli.console import out, print_table
from ingest.domain.company import TermKind
from ingest.errors import InputError
from workers.company import TERMS_FILE, load_terms, write_terms
from workers.context import Context
from workers.settings import Settings
from workers.term_import import ImportFormat, read_terms

app = typer.Typer(help="Keep the list of the company's own terms.", no_args_is_help=True)


@app.command("import")
def import_terms(
    file: Annotated[Path, typer.Argument(help="A plain list, a CSV table or an LDIF dump.")],
    kind: Annotated[TermKind, typer.Option("--as", help="What the terms are.")],
    form: Annotated[
        ImportFormat, typer.Option("--format", help="How they stand in the file.")
    ] = ImportFormat.AUTO,
    attribute: Annotated[
        list[str] | None,
        typer.Option(help="LDIF attribute or CSV column to take; may be given several times."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop the present terms of this kind first.")
    ] = False,
) -> None:
    """Merge terms into the company's term list; a change makes a new version of it."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{file} cannot be read as UTF-8 text.") from None
    path = _path()
    terms = read_terms(text, kind, form, attribute or ())
    if not terms:
        raise InputError(f"{file} holds no terms.", hint="Name the column with --attribute.")
    present = load_terms(path)
    merged = present.merged(terms, instead_of=kind if replace else None)
    if merged is present:
        out.print(f"nothing new; version {present.name} stays")
        return
    write_terms(path, merged)
    added = len(set(merged.terms) - set(present.terms))
    out.print(f"version {merged.name}: {len(merged.terms):,} terms, {added:,} of them new")
    out.print("files are scanned again at the next sync")


@app.command("show")
def show_terms() -> None:
    """Show version, digest and number of terms; never a term."""
    terms = load_terms(_path())
    counts = Counter(term.kind.value for term in terms.terms)
    print_table("terms", ("kind", "terms"), [(kind.value, counts[kind.value]) for kind in TermKind])
    out.print(f"version {terms.name}, sha256 {terms.digest()}")


def _path() -> Path:
    return Context(settings=Settings()).company_file.with_name(TERMS_FILE)
