"""``shardgate policy …``: read, prove, compare and put in force the rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import err, human_bytes, out, print_table, safe, wait_for_run
from cli.people import As, AsJson, DryRun, acting
from ingest.errors import ConfigurationError
from policies.compare import Change, compare
from policies.document import check_examples, default_policy_text, load_policy
from policies.impact import Impact, Volume
from policies.lint import Level, Remark, lint
from policies.model import Policy
from store.catalog import AuditLog, PolicyBook
from store.catalog.policies import ACTIVATED
from workers import embedded
from workers.context import Context, utc_now
from workers.policy_change import apply_policy, plan_policy
from workers.settings import Settings

app = typer.Typer(help="The rules: test, compare, try out, put in force.", no_args_is_help=True)

_FAILED = 3
_MOST = 12
"""Lines of a table; the rest is in --json."""
_File = Annotated[
    str, typer.Argument(help="Policy file (YAML); - for standard input; default: the one in force.")
]


@app.command("test")
def run_examples(file: _File = "") -> None:
    """Run the examples that the rules carry; exit 3 if one fails."""
    policy = load_policy(_text(file))
    failures = check_examples(policy)
    if failures:
        print_table(
            "examples that fail",
            ("rule", "example", "expected", "got"),
            [(f.rule_id, f.number, f.expected, f.actual) for f in failures],
        )
    total = policy.examples
    out.print(f"{total - len(failures)} of {total} examples hold")
    if failures:
        raise typer.Exit(_FAILED)


@app.command("lint")
def lint_policy(file: _File = "") -> None:
    """Look for files that a policy would let out and rules nobody proved; exit 3 on an error."""
    remarks = lint(_text(file))
    print_table(
        "remarks",
        ("level", "rule", "where", "what"),
        [(r.level.value, r.rule_id or "policy", r.where, r.message) for r in remarks],
    )
    errors = sum(remark.level is Level.ERROR for remark in remarks)
    out.print(f"{errors} errors, {len(remarks) - errors} warnings")
    if errors:
        raise typer.Exit(_FAILED)


@app.command("show")
def show(
    file: _File = "",
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print the document itself.")] = False,
) -> None:
    """Show the policy in force, or one in a file."""
    text = _text(file)
    if as_yaml:
        typer.echo(text, nl=False)
        return
    policy = load_policy(text)
    out.print(f"{policy.document.name} {policy.digest[:12]}: {_source(file)}")
    out.print(safe(policy.document.description.strip()) + "\n")
    print_table("rules", ("rule", "effect", "title", "condition"), _rules(policy))


@app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(help="Policy file, or 'default' or 'active'.")],
    after: Annotated[str, typer.Argument(help="Policy file, or 'default' or 'active'.")],
) -> None:
    """Show what two policies differ in, rule by rule."""
    old, new = (load_policy(_text(name)).document for name in (before, after))
    changes = compare(old, new)
    _print_changes(changes)
    out.print(f"{len(changes)} differences")


@app.command("impact")
def impact(file: _File, as_json: AsJson = False) -> None:
    """Replay a policy over stored facts: what changes tier, by what, and which releases hold it."""
    plan = plan_policy(Context(settings=Settings()), _text(file))
    if as_json:
        told = {
            "plan": plan.digest,
            "changes": [asdict(change) for change in plan.changes],
            "errors": [asdict(error) for error in plan.errors],
            **asdict(plan.impact, dict_factory=_record),
        }
        typer.echo(json.dumps(told, indent=2))
        return
    _print_changes(plan.changes)
    _print_impact(plan.impact)
    _print_errors(plan.errors)
    out.print(f"plan {plan.digest}", soft_wrap=True)
    out.print(f"next: shardgate policy apply {safe(file)} --plan {plan.digest}", soft_wrap=True)


@app.command("apply")
def apply(
    file: _File,
    plan: Annotated[str, typer.Option(help="Digest of the plan that you looked at.")],
    actor: As = "",
    accept_errors: Annotated[
        bool, typer.Option(help="Although lint finds errors; the audit chain says so.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Put a policy in force as planned; refused if anything moved since the plan was made."""
    context = Context(settings=Settings())
    planned = plan_policy(context, _text(file))
    if dry_run:
        fits = "is" if planned.digest == plan else "is no longer"
        out.print(f"dry run: that plan {fits} the present one; nothing was written")
        return
    _print_errors(planned.errors)
    run_id = apply_policy(context, planned, plan, acting(actor), accept_errors=accept_errors)
    embedded.start(context.settings)
    wait_for_run(context, run_id)
    out.print(f"in force: {planned.policy.document.name} {planned.policy.digest[:12]}")
    for release in planned.impact.releases:
        out.print(
            f"{release.release_id} holds {release.lost:,} rows that are no longer allowed and "
            f"{release.redact:,} in which more is to be redacted"
        )


@app.command("history")
def history() -> None:
    """List who put which policy in force, and from when on decisions were made by it."""
    catalog = Context(settings=Settings()).catalog
    applied = PolicyBook(catalog, clock=utc_now).applications()
    rows = [(a.at, a.actor, "applies", a.digest[:12], a.plan) for a in applied]
    rows += [
        (e.at, e.actor, "decides by", e.subject[:12], "")
        for e in AuditLog(catalog, clock=utc_now).entries()
        if e.action == ACTIVATED
    ]
    print_table(
        "policies put in force",
        ("when (UTC)", "who", "does", "policy", "plan"),
        [(f"{at:%Y-%m-%d %H:%M}", *rest) for at, *rest in sorted(rows, reverse=True)],
    )


def _text(name: str) -> str:
    if name in {"", "active"}:
        return Context(settings=Settings()).policy_text
    if name == "default":
        return default_policy_text()
    if name == "-":
        return typer.get_text_stream("stdin").read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(
            f"{name} cannot be read: {reason}.", hint="Give a YAML file, 'default' or 'active'."
        ) from None


def _source(name: str) -> str:
    settings = Settings()
    if name not in {"", "active"}:
        return "as given"
    if settings.policy_file:
        return f"in force, from {settings.policy_file}"
    context = Context(settings=settings)
    applied = context.has_catalog and PolicyBook(context.catalog, clock=utc_now).applied()
    return "in force, applied" if applied else "in force, comes with Shardgate"


def _rules(policy: Policy) -> list[tuple[str, str, str, str]]:
    return [
        (
            rule.id,
            rule.effect.value + (f" ({rule.document.lane})" if rule.document.lane else ""),
            rule.document.title,
            rule.condition.sql,
        )
        for rule in policy.rules
    ]


def _print_changes(changes: Sequence[Change]) -> None:
    print_table(
        "differences",
        ("what", "kind", "field", "before", "after"),
        [(c.what, c.kind, c.field, c.before, c.after) for c in changes],
    )


def _print_errors(errors: Sequence[Remark]) -> None:
    for error in errors:
        err.print(f"lint: {safe(error.rule_id or 'policy')}: {safe(error.message)}")


def _print_impact(impact: Impact) -> None:
    print_table(
        "what the corpus comes to",
        ("outcome", "files before", "files after", "bytes before", "bytes after"),
        [
            (name.value, a.files, b.files, human_bytes(a.bytes), human_bytes(b.bytes))
            for name, (a, b) in impact.totals.items()
        ],
    )
    if impact.is_empty:
        out.print("no file changes its outcome and no release holds anything it may not")
        return
    print_table(
        "files that change",
        ("from", "to", "files", "bytes", "tokens (est.)"),
        [(m.before.value, m.after.value, *_cells(m.volume)) for m in impact.moves],
    )
    for title, lines in (("by repository", impact.repositories), ("by language", impact.languages)):
        print_table(
            title,
            ("name", "looser", "bytes", "tokens (est.)", "stricter", "bytes", "tokens (est.)"),
            [(ln.name, *_cells(ln.looser), *_cells(ln.stricter)) for ln in lines[:_MOST]],
        )
        _print_rest(len(lines))
    print_table(
        "by rule, on files that change",
        ("rule", "newly", "bytes", "tokens (est.)", "no longer", "bytes", "tokens (est.)"),
        [(r.rule_id, *_cells(r.added), *_cells(r.removed)) for r in impact.rules[:_MOST]],
    )
    _print_rest(len(impact.rules))
    print_table(
        "review load",
        ("lane", "files more", "bytes", "files less", "bytes"),
        [(x.lane.value, *_cells(x.added)[:2], *_cells(x.removed)[:2]) for x in impact.lanes],
    )
    if impact.redactions.files:
        out.print(f"{impact.redactions.files:,} files stay where they are, redacted otherwise")
    print_table(
        "published releases with rows that would not be allowed",
        ("release", "tier", "rows", "not allowed", "to redact", ""),
        [
            (
                r.release_id,
                r.tier,
                r.rows,
                r.lost,
                r.redact,
                "" if r.is_replayed else "no facts kept",
            )
            for r in impact.releases
        ],
    )


def _print_rest(count: int) -> None:
    if count > _MOST:
        out.print(f"… and {count - _MOST:,} more: --json has them all")


def _cells(volume: Volume) -> tuple[int, str, int]:
    return volume.files, human_bytes(volume.bytes), volume.tokens


def _record(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of a part of an impact; a volume tells its tokens too."""
    record = dict(fields)
    if record.keys() == {"files", "bytes"}:
        record["tokens"] = Volume(**record).tokens
    return record
