"""``shardgate review …``: what waits for people, and what they decide."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

import typer

from cli.console import err, out, print_table, safe
from cli.people import As, AsJson, Comment, DryRun, acting, parse_day
from cli.renew import renew_decisions
from cli.review_text import (
    group_record,
    group_row,
    print_group,
    print_json,
    print_outlook,
    print_review,
    review_record,
    review_row,
)
from ingest.errors import InputError
from policies.decision import Lane
from policies.report.model import Group
from policies.review import Review, ReviewKind, ReviewReason, ReviewState
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.review_requests import Request
from workers.reviewing import Step, Words, find_review, move
from workers.reviews import ReviewDesk
from workers.running import find_repository
from workers.said import Patterns
from workers.settings import Settings

app = typer.Typer(help="What waits for people, and what they decide.", no_args_is_help=True)

_SOON: Final = timedelta(days=14)
_GROUPS_SHOWN: Final = 20
_REVIEWS: Final = ("review", "kind", "lane", "state", "asked by", "until", "about")
_ID = Annotated[str, typer.Argument(help="Id of a review.")]
_SEEN = Annotated[
    int, typer.Option(help="Version that you looked at; default: the present one.", min=0)
]


@app.command("list")
def list_open(
    lane: Annotated[Lane | None, typer.Option(help="One lane only.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what waits: open groups, proposals that need a second person, what expires soon."""
    context = Context(settings=Settings())
    desk, patterns = ReviewDesk(context), Patterns(context)
    groups = [g for g in _groups(desk) if lane is None or desk.lane_of(g) == lane]
    reviews = [r for r in desk.book.list_all() if lane in (None, r.lane)]
    proposed = [r for r in reviews if r.state_at(desk.now) is ReviewState.PROPOSED]
    expiring = [r for r in reviews if _expires_soon(r, desk)]
    if as_json:
        print_json(
            {
                "groups": [group_record(g, desk.lane_of(g), desk.name_of(g)) for g in groups],
                "proposed": [review_record(r, desk.now, patterns) for r in proposed],
                "expiring": [review_record(r, desk.now, patterns) for r in expiring],
            }
        )
        return
    columns = ("group", "lane", "repository", "rule", "about", "value", "files", "bytes")
    rows = [group_row(g, desk.lane_of(g), desk.name_of(g)) for g in groups[:_GROUPS_SHOWN]]
    print_table(f"open groups: {len(groups):,}", columns, rows, whole=1)
    if len(groups) > _GROUPS_SHOWN:
        out.print(f"… {len(groups) - _GROUPS_SHOWN:,} more: --json lists all")
    for title, found in (("wait for another person", proposed), ("expire soon", expiring)):
        if found:
            rows = [review_row(r, desk.now, patterns) for r in found]
            print_table(title, _REVIEWS, rows, whole=1)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Id of a review or of a group.")],
    as_json: AsJson = False,
) -> None:
    """Show a group with what holds it, or a review with all its steps and what it changes."""
    context = Context(settings=Settings())
    desk, patterns = ReviewDesk(context), Patterns(context)
    if name.startswith("grp_"):
        group = desk.find_group(name)
        told = group, desk.lane_of(group), desk.name_of(group)
        if as_json:
            print_json(group_record(*told))
        else:
            print_group(*told)
        return
    review = find_review(context, name)
    if as_json:
        print_json(review_record(review, desk.now, patterns, desk.book.history(name)))
        return
    print_review(review, desk.now, patterns, desk.book.history(name))
    if review.state_at(desk.now) is ReviewState.PROPOSED:
        print_outlook(desk.foresee(review))


@app.command("propose")
def propose(
    kind: Annotated[ReviewKind, typer.Argument(help="What to decide.")],
    target: Annotated[str, typer.Argument(help="Id of a group, or a repository.")],
    comment: Comment,
    path: Annotated[str, typer.Argument(help="Path in the repository; none for a group.")] = "",
    reason: Annotated[ReviewReason, typer.Option(help="Why.")] = ReviewReason.OTHER,
    pattern: Annotated[
        bool, typer.Option("--pattern", help="PATH is a glob over whole paths.")
    ] = False,
    rule: Annotated[str, typer.Option(help="Which rule, where several hold the file.")] = "",
    fingerprint: Annotated[str, typer.Option(help="Which finding of the file is none.")] = "",
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="In every repository, not in this one alone.")
    ] = False,
    lane: Annotated[Lane, typer.Option(help="Who decides on keep_internal and exclude.")] = (
        Lane.LEGAL
    ),
    until: Annotated[str, typer.Option(help="Last day; default: 90 days from now.")] = "",
    by: As = "",
    dry_run: DryRun = False,
) -> None:
    """Ask for a decision, and see what it would free or stop; another person has to agree."""
    context = Context(settings=Settings())
    desk = ReviewDesk(context)
    is_group = target.startswith("grp_")
    known = context.catalog.list_repositories()
    request = Request(
        kind=kind,
        by=acting(by),
        reason=reason,
        comment=comment,
        group_id=target if is_group else "",
        repository=None if is_group else find_repository(known, target),
        path=b"" if pattern else os.fsencode(path),
        pattern=path if pattern else "",
        rule_id=rule,
        fingerprint=fingerprint,
        everywhere=everywhere,
        lane=lane,
        until=parse_day(until) if until else None,
    )
    _propose(context, desk, desk.draft(request), dry_run=dry_run)


@app.command("extend")
def extend(
    review_id: _ID,
    until: Annotated[str, typer.Option(help="Last day.")],
    comment: Comment,
    by: As = "",
    dry_run: DryRun = False,
) -> None:
    """Ask for a review to last longer: a new review, on which another person decides anew."""
    context = Context(settings=Settings())
    desk = ReviewDesk(context)
    old = find_review(context, review_id)
    longer = desk.extend(old, by=acting(by), until=parse_day(until), comment=comment)
    _propose(context, desk, longer, dry_run=dry_run)


@app.command("approve")
def approve(
    review_id: _ID, comment: Comment, seen: _SEEN = 0, by: As = "", dry_run: DryRun = False
) -> None:
    """Agree to a proposal; with enough reviewers of its lane it is in force."""
    _move(Step.APPROVE, review_id, _words(comment, seen, by), dry_run=dry_run)


@app.command("reject")
def reject(
    review_id: _ID, comment: Comment, seen: _SEEN = 0, by: As = "", dry_run: DryRun = False
) -> None:
    """Refuse a proposal."""
    _move(Step.REJECT, review_id, _words(comment, seen, by), dry_run=dry_run)


@app.command("withdraw")
def withdraw(
    review_id: _ID, comment: Comment, seen: _SEEN = 0, by: As = "", dry_run: DryRun = False
) -> None:
    """Take a proposal back, or end what is in force."""
    _move(Step.WITHDRAW, review_id, _words(comment, seen, by), dry_run=dry_run)


@app.command("waivers")
def waivers(
    orphaned: Annotated[
        bool, typer.Option("--orphaned", help="Those that match nothing any more, with why.")
    ] = False,
    expiring: Annotated[
        bool, typer.Option("--expiring", help="Those that expire within 14 days.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List every review that was agreed to: who asked, who agreed, how long it lasts."""
    context = Context(settings=Settings())
    desk, patterns = ReviewDesk(context), Patterns(context)
    why = {review.id: str(reason) for review, reason in desk.orphans()} if orphaned else {}
    found = [
        r
        for r in desk.book.agreed()
        if (not orphaned or r.id in why) and (not expiring or _expires_soon(r, desk))
    ]
    if as_json:
        records = [review_record(r, desk.now, patterns) for r in found]
        named = [
            record | {"orphaned": why.get(r.id)} for r, record in zip(found, records, strict=True)
        ]
        print_json(named if orphaned else records)
        return
    rows = [(*review_row(r, desk.now, patterns), why.get(r.id, "")) for r in found]
    print_table(f"agreed to: {len(found):,}", (*_REVIEWS, "remark"), rows, whole=1)


def _groups(desk: ReviewDesk) -> Sequence[Group]:
    """Return the open groups; none, with a word, while decisions are still to be made."""
    try:
        return desk.groups
    except InputError as error:
        err.print(f"{error.message} {error.hint}")
        return ()


def _words(comment: str, seen: int, by: str) -> Words:
    return Words(actor=acting(by), comment=comment, seen=seen)


def _expires_soon(review: Review, desk: ReviewDesk) -> bool:
    is_active = review.state_at(desk.now) is ReviewState.ACTIVE
    return is_active and review.expires_at is not None and review.expires_at - desk.now <= _SOON


def _propose(context: Context, desk: ReviewDesk, review: Review, *, dry_run: bool) -> None:
    print_outlook(desk.foresee(review))
    if dry_run:
        out.print("nothing was written")
        return
    desk.book.propose(review)
    seal_audit(context)
    out.print(f"{review.id} waits for the lane {review.lane}: another person has to agree.")
    out.print(f"  shardgate review approve {review.id} --as NAME --comment …")


def _move(step: Step, review_id: str, words: Words, *, dry_run: bool) -> None:
    context = Context(settings=Settings())
    moved = move(context, step, review_id, words, dry_run=dry_run)
    after = moved.after
    state = after.state_at(utc_now())
    if dry_run:
        out.print(f"{review_id} would be {state}; nothing was written")
        return
    out.print(f"{review_id} is {state}, says {safe(words.actor)}")
    if state is ReviewState.PROPOSED:
        quorum = context.policy.quorum(after.lane)
        out.print(f"  {len(after.approvals)} of {quorum} reviewers of {after.lane} have agreed")
    if moved.is_felt:
        renew_decisions(context)
