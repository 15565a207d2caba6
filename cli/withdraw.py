"""``shardgate withdraw …``: take back a repository, path, content, finding or license."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from cli.console import out, print_table, safe
from cli.people import As, AsJson, Comment, DryRun, acting
from ingest.errors import InputError
from policies.report.escape import display_path
from policies.review import (
    Move,
    Selector,
    Withdrawal,
    WithdrawalReason,
    WithdrawalScope,
)
from store.catalog import WithdrawalBook
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.decisions import decide_anew
from workers.remarks import checked_remark
from workers.said import Patterns
from workers.settings import Settings
from workers.withdrawals import (
    BlastRadius,
    Order,
    checked_order,
    draft_withdrawal,
    foresee,
    withdraw,
)

app = typer.Typer(help="Take back what may be in no release any more.", no_args_is_help=True)

_COPIES_SHOWN = 20
_ID = Annotated[str, typer.Argument(help="Id of the withdrawal.")]
_SEEN = Annotated[int | None, typer.Option("--seen", help="Version that you looked at.")]


class LiftStep(StrEnum):
    """What is done about the lifting of a withdrawal."""

    ASK = "ask"
    APPROVE = "approve"
    REFUSE = "refuse"


@app.command("add")
def add(
    selector: Annotated[
        Selector, typer.Argument(help="repository, path, blob, fingerprint or license.")
    ],
    value: Annotated[
        str,
        typer.Argument(help="Repository, path pattern, blob id, fingerprint or SPDX id."),
    ],
    reason: Annotated[WithdrawalReason, typer.Option(help="Why; readers of a recall see it.")],
    comment: Comment,
    repo: Annotated[str, typer.Option(help="Repository of a path.")] = "",
    scope: Annotated[
        WithdrawalScope, typer.Option(help="all tiers, or releasable: it may stay inside.")
    ] = WithdrawalScope.ALL,
    by: As = "",
    even_if_nothing: Annotated[
        bool, typer.Option(help="Also where it names no file yet: for what comes later.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Withdraw, at once: it leaves every release, and no later one has it."""
    context = Context(settings=Settings())
    said = draft_withdrawal(_order(context, (selector, value, repo), (scope, reason, comment), by))
    radius, contents = foresee(context, said)
    if as_json:
        typer.echo(json.dumps(_plain(radius), indent=2))
    else:
        _print_radius(context, radius)
    if dry_run:
        return
    if not (radius.places or even_if_nothing):
        raise InputError(
            "This names no file, neither of a repository nor of a release; nothing was withdrawn.",
            hint="Look for a slip. --even-if-nothing withdraws what may come later.",
        )
    withdraw(context, said, contents)
    if not as_json:
        out.print(f"{said.id} is in force; nothing is handed out until a worker, or a sync, has")
        out.print("taken back what is out")


@app.command("list")
def list_withdrawals(
    all_of_them: Annotated[bool, typer.Option("--all", help="Lifted ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List withdrawals in force, and who asks for which to be lifted."""
    context = Context(settings=Settings())
    book = WithdrawalBook(context.catalog, context.policy)
    found = book.list_all() if all_of_them else book.in_force()
    if as_json:
        states = ({"id": w.id, "state": w.state.value, "version": w.version} for w in found)
        patterns = Patterns(context)
        rows = [
            state | w.said() | {"value": _shown(patterns, w)}
            for state, w in zip(states, found, strict=True)
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    print_table(
        "withdrawals",
        ("id", "what", "scope", "reason", "by", "since", "state"),
        [
            (
                w.id,
                _what(context, w),
                w.scope.value,
                w.reason.value,
                w.withdrawn_by,
                w.withdrawn_at.date().isoformat(),
                w.state.value + (f" by {w.lift_asked_by}" if w.lift_asked_by else ""),
            )
            for w in found
        ],
        whole=1,
    )


@app.command("show")
def show(withdrawal_id: _ID) -> None:
    """Show a withdrawal with every step."""
    context = Context(settings=Settings())
    book = WithdrawalBook(context.catalog, context.policy)
    found = _known(book, withdrawal_id)
    rows = [
        ("what", _what(context, found)),
        ("from", found.scope.value),
        ("reason", found.reason.value),
        ("state", f"{found.state.value} (version {found.version})"),
        ("lifted by", f"reviewers of the lane {found.lane}"),
    ]
    print_table(found.id, ("", ""), rows)
    print_table(
        "steps",
        ("version", "what", "by", "at", "comment"),
        [
            (e.version, e.action, e.actor, e.at.isoformat(timespec="seconds"), e.comment)
            for e in book.history(found.id)
        ],
    )


@app.command("lift")
def lift(
    withdrawal_id: _ID,
    step: Annotated[LiftStep, typer.Argument(help="ask, approve or refuse.")],
    comment: Comment,
    by: As = "",
    seen: _SEEN = None,
    dry_run: DryRun = False,
) -> None:
    """Lift a withdrawal: one person asks, another of its lane approves; it counts until then."""
    context = Context(settings=Settings())
    book = WithdrawalBook(context.catalog, context.policy)
    version = _known(book, withdrawal_id).version if seen is None else seen
    try:
        remark = checked_remark(context, comment)
        move = Move(actor=acting(by), at=utc_now(), comment=remark, seen=version)
    except ValueError as error:
        raise InputError(f"This cannot be done: {error}.") from None
    moves = {
        LiftStep.ASK: book.ask_to_lift,
        LiftStep.APPROVE: book.approve_lifting,
        LiftStep.REFUSE: book.refuse_lifting,
    }
    after = moves[step](withdrawal_id, move, dry_run=dry_run)
    if not dry_run:
        seal_audit(context)
        if not after.is_in_force:
            decide_anew(context)
    out.print(f"{after.id} {'would be' if dry_run else 'is'} {after.state.value}")


def _order(
    context: Context,
    what: tuple[Selector, str, str],
    why: tuple[WithdrawalScope, WithdrawalReason, str],
    by: str,
) -> Order:
    selector, value, repo = what
    if selector is Selector.REPOSITORY:
        repo, value = value, ""
    scope, reason, comment = why
    return checked_order(
        context,
        Order(
            selector=selector,
            value=value,
            repo_id=repo,
            scope=scope,
            reason=reason,
            comment=comment,
            by=acting(by),
        ),
    )


def _known(book: WithdrawalBook, withdrawal_id: str) -> Withdrawal:
    found = book.find(withdrawal_id)
    if found is None:
        raise InputError(
            f"There is no withdrawal {withdrawal_id}.", hint="shardgate withdraw list --all"
        )
    return found


def _what(context: Context, withdrawal: Withdrawal) -> str:
    names = {r.id: r.name for r in context.catalog.list_repositories()}
    place = names.get(withdrawal.repo_id, withdrawal.repo_id)
    value = _shown(Patterns(context), withdrawal)
    return " ".join(filter(None, (withdrawal.selector.value, place, value)))


def _shown(patterns: Patterns, withdrawal: Withdrawal) -> str:
    """Return what is withdrawn as it may be shown: a path may give something away."""
    if withdrawal.selector is not Selector.PATH:
        return withdrawal.value
    return patterns.show(withdrawal.repo_id, withdrawal.value)


def _print_radius(context: Context, radius: BlastRadius) -> None:
    names = {r.id: r.name for r in context.catalog.list_repositories()}

    def place(repo_id: str, path: bytes) -> str:
        return f"{names.get(repo_id, repo_id)} {display_path(path)}"

    out.print(
        f"{radius.places:,} files of {radius.contents:,} contents; "
        f"{radius.rows:,} rows of {len(radius.releases):,} releases"
    )
    print_table(
        "releases that lose rows",
        ("release", "tier", "rows", "shards written again", "of", "pulls"),
        [
            (s.release.id, s.release.tier.value, s.rows, s.shards, s.shards_in_all, len(s.pulls))
            for s in radius.releases
        ],
        whole=1,
    )
    copies = dict.fromkeys(c for s in radius.releases for c in s.copies)
    if copies:
        print_table(
            f"copies that go too ({len(copies):,})",
            ("file", "copy of", "similarity"),
            [
                (place(c.repo_id, c.path), place(*c.counterpart), f"{c.score:.2f}")
                for c in list(copies)[:_COPIES_SHOWN]
            ],
        )
    pulls = [(p.consumer, p.release_id, p.run_id, p.at) for s in radius.releases for p in s.pulls]
    if pulls:
        print_table(
            "who has it",
            ("consumer", "release", "training run", "at"),
            [(c, r, run, at.isoformat(timespec="seconds")) for c, r, run, at in pulls],
        )
    for name in radius.unjudged:
        out.print(safe(f"{name} cannot be judged: what it was decided by is not kept"))


def _plain(radius: BlastRadius) -> dict[str, object]:
    return {
        "places": radius.places,
        "contents": radius.contents,
        "rows": radius.rows,
        "unjudged": list(radius.unjudged),
        "releases": [
            {
                "release": s.release.id,
                "tier": s.release.tier.value,
                "rows": s.rows,
                "shards": s.shards,
                "shards_in_all": s.shards_in_all,
                "copies": [
                    {
                        "repo_id": c.repo_id,
                        "path": display_path(c.path),
                        "copy_of": [c.counterpart[0], display_path(c.counterpart[1])],
                        "similarity": round(c.score, 4),
                    }
                    for c in s.copies
                ],
                "pulls": [
                    {
                        "consumer": p.consumer,
                        "run": p.run_id,
                        "at": p.at.isoformat(timespec="seconds"),
                    }
                    for p in s.pulls
                ],
            }
            for s in radius.releases
        ],
    }
