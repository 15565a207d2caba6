"""The service under load: mixed reads of people, programs and trainings while workers scan.

Usage: ``python -m benchmarks.load [--repo BARE] [--rate 200] [--seconds 600] [--sqlite]``.

Everything is the real thing, on loopback and on the same cores: PostgreSQL and Valkey from their
wheels, one web server process, a worker with two processes, three users with sessions and tokens
of their own, the sample repositories and a repository whose every file changes again and again, so
that workers scan, settle and decide all the time (`benchmarks.churn`). Both tiers are released
before. Requests arrive in an open loop; `benchmarks.arrivals` says why that matters.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from benchmarks.arrivals import Ask, Kind, Outcome, arrive, percentile
from benchmarks.churn import files_of, library_files, write_round
from benchmarks.path import registered
from benchmarks.service import family_of, pid_of, processor_seconds, resident_mb, running_service
from benchmarks.service import wait_for as wait_for_run
from cli.first_run import register_samples, write_company
from policies.access import LANE_ROLES, Action, Role
from policies.decision import Lane, Tier
from release.domain.grant import Purpose, Wish
from store.catalog import GrantBook, Scope, TokenRequest
from web.access.cookies import SESSION_COOKIE
from workers import embedded
from workers.context import Context, utc_now
from workers.front_door import FrontDoor
from workers.running import start_run
from workers.settings import Settings

READER, REVIEWER, CONSUMER = "reader", "reviewer", "consumer"
_ROLES: Mapping[str, frozenset[Role]] = {
    READER: frozenset({Role.AUDITOR}),
    REVIEWER: frozenset(LANE_ROLES.values()),
    CONSUMER: frozenset({Role.CONSUMER}),
}
_READS = frozenset(action for action in Action if action.value.endswith(".read"))
_RANGE_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Headers by which users are known: a browser's cookie, a program's token."""

    cookies: Mapping[str, Mapping[str, str]]
    tokens: Mapping[str, Mapping[str, str]]


@dataclass(kw_only=True)
class Watched:
    """What the web server's process takes, as time goes by."""

    pids: Sequence[int]
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the beginning and MB, every ten seconds."""

    def __call__(self, seconds: float) -> None:
        """Note how large it is."""
        if not self.memory or seconds - self.memory[-1][0] >= 10:
            self.memory.append((seconds, resident_mb(self.pids)))

    def slope(self) -> float:
        """Return MB a minute by least squares, without the first minute, in which caches fill."""
        points = [p for p in self.memory if p[0] >= 60] or self.memory
        middle = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
        spread = sum((x - middle[0]) ** 2 for x, _ in points) or 1.0
        return 60 * sum((x - middle[0]) * (y - middle[1]) for x, y in points) / spread


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, help="Bare repository that is scanned meanwhile.")
    parser.add_argument("--rate", type=float, default=200.0, help="Requests a second.")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--sqlite", action="store_true", help="Catalog in SQLite.")
    parser.add_argument("--idle", action="store_true", help="Workers have nothing to do.")
    asked = parser.parse_args()
    with running_service(sqlite=asked.sqlite) as (settings, context):
        git_dir = prepare(settings, context, asked.repo)
        people = let_in(context)
        base = f"http://127.0.0.1:{embedded.web_port(settings)}"
        kinds = kinds_of(base, people)
        watched = Watched(pids=family_of(pid_of(settings, embedded.WEB)))
        before = processor_seconds(watched.pids)
        with churning(git_dir, is_idle=asked.idle) as rounds:
            run = arrive(base, kinds, rate=asked.rate, seconds=asked.seconds, watch=watched)
            outcome = asyncio.run(run)
        spent = processor_seconds(watched.pids) - before
        report(outcome, watched, asked.rate)
        print(f"web server: {spent / outcome.lasted:.0%} of a core")
        tell_scans(rounds, outcome.lasted)


def prepare(settings: Settings, context: Context, source: Path | None) -> Path:
    """Take the samples and a repository through the whole path, both tiers released.

    Return the repository's folder.
    """
    folder = settings.root / "churn"
    folder.mkdir()
    git_dir = folder / "churn.git"
    files = files_of(source.resolve()) if source else library_files()
    size = write_round(git_dir, files, 0)
    print(f"{len(files):,} files that change, {size / 1e6:.1f} MB; {settings.catalog_url[:10]}…")
    write_company(settings)
    repository = registered(context, git_dir)
    everything = [*register_samples(context), repository]
    wait_for_run(context, start_run(context, everything, tiers=[tier.value for tier in Tier]))
    return git_dir


def let_in(context: Context) -> People:
    """Make users, sessions, tokens and a grant."""
    door, soon = FrontDoor(context), utc_now() + timedelta(days=1)
    door.users.add_first("root", actor="root")
    cookies, tokens = {}, {}
    for name, roles in _ROLES.items():
        door.users.add(name, roles=roles, actor="root")
        session = door.enter_by_link(door.make_link(name, actor="root"))
        cookies[name] = {"Cookie": f"{SESSION_COOKIE}={session}"}
        scopes = [Scope.PULL] if name == CONSUMER else sorted(_READS)
        request = TokenRequest(
            consumer=name, scopes=scopes, purpose=Purpose.PUBLIC_MODEL.value, expires_at=soon
        )
        tokens[name] = {"Authorization": f"Bearer {door.tokens.create(request, actor='root')[1]}"}
    grants = GrantBook(context.catalog, clock=utc_now)
    wish = Wish(consumer=CONSUMER, tier=Tier.RELEASABLE, purpose=Purpose.PUBLIC_MODEL)
    grants.add(grants.draft(wish, soon, by="root"))
    return People(cookies=cookies, tokens=tokens)


def kinds_of(base: str, people: People) -> list[Kind]:
    """Return what is asked for, with shares that make 100; every request is tried once."""
    with httpx.Client(base_url=base, timeout=60) as client:
        kinds = [*_pages(client, people), *_api(client, people), *_hub(client, people)]
        for kind in kinds:
            for ask in kind.asks:
                got = client.request(ask.method, ask.url, headers=ask.headers)
                if got.status_code != ask.status:
                    raise SystemExit(f"{ask.url}: {got.status_code} {got.text[:300]}")
    return kinds


def _pages(client: httpx.Client, people: People) -> Iterator[Kind]:
    """Yield pages, as the browsers of a reader and of a reviewer ask for them."""

    def kind(name: str, share: float, urls: Sequence[str], *, status: int = 200) -> Kind:
        both = [people.cookies[who] for who in (READER, REVIEWER)]
        asks = [Ask(url=url, headers=h, status=status) for url in urls for h in both]
        return Kind(name=f"page {name}", share=share, asks=asks)

    ids = {noun: _ids(client, people, noun) for noun in _NOUNS}
    lanes = [f"/inbox/{lane.value}" for lane in Lane]
    yield kind("start", 2, ["/"], status=303)
    yield kind("first steps", 2, ["/start"])
    inboxes = [Ask(url=url, headers=people.cookies[REVIEWER]) for url in lanes]
    yield Kind(name="page inbox", share=8, asks=inboxes)
    yield kind("group", 6, [f"/groups/{found}" for found in ids["groups"]])
    yield kind("repositories", 5, ["/repositories"])
    yield kind("repository", 5, [f"/repositories/{found}" for found in ids["repositories"]])
    yield kind("releases", 4, ["/releases"])
    yield kind("release", 4, [f"/releases/{found}" for found in ids["releases"]])
    yield kind("operations", 4, ["/operations"])


_NOUNS = ("repositories", "groups", "findings", "releases", "operations", "visits")


def _api(client: httpx.Client, people: People) -> Iterator[Kind]:
    """Yield lists and items, as programs of a reader ask for them."""
    headers = people.tokens[READER]
    for noun in _NOUNS:
        ask = Ask(url=f"/api/v1/{noun}?limit=50", headers=headers)
        yield Kind(name=f"api list of {noun}", share=4, asks=[ask])
    for noun in ("repositories", "groups", "releases"):
        asks = [
            Ask(url=f"/api/v1/{noun}/{found}", headers=headers)
            for found in _ids(client, people, noun)
        ]
        yield Kind(name=f"api one of {noun}", share=4, asks=asks)


def _hub(client: httpx.Client, people: People) -> Iterator[Kind]:
    """Yield what clients of the hub ask for while a training reads."""
    headers, dataset = people.tokens[CONSUMER], "datasets/shardgate/releasable"
    info = client.get(f"/hub/api/{dataset}", headers=headers).json()
    shards = [s["rfilename"] for s in info["siblings"] if s["rfilename"].startswith("data/")]
    resolve = [f"/hub/{dataset}/resolve/main/{path}" for path in shards]
    part = dict(headers) | {"Range": f"bytes=4-{_RANGE_BYTES + 3}"}
    for name, share, asks in (
        ("info", 5, [Ask(url=f"/hub/api/{dataset}", headers=headers)]),
        ("tree", 5, [Ask(url=f"/hub/api/{dataset}/tree/main?recursive=true", headers=headers)]),
        ("head of a shard", 4, [Ask(url=u, headers=headers, method="HEAD") for u in resolve]),
        ("64 KiB of a shard", 10, [Ask(url=u, headers=part, status=206) for u in resolve]),
    ):
        yield Kind(name=f"hub {name}", share=share, asks=asks)


def _ids(client: httpx.Client, people: People, noun: str) -> list[str]:
    found = client.get(f"/api/v1/{noun}?limit=20", headers=people.tokens[READER]).json()
    return [item["id"] for item in found["items"] if "id" in item]


@contextmanager
def churning(git_dir: Path, *, is_idle: bool) -> Iterator[list[str]]:
    """Keep workers busy for the length of a block; afterwards the list has a line a round."""
    lines: list[str] = []
    if is_idle:
        yield lines
        return
    command = [sys.executable, "-m", "benchmarks.churn", str(git_dir)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield lines
    finally:
        process.terminate()
        lines += process.communicate()[0].splitlines()


def report(outcome: Outcome, watched: Watched, rate: float) -> None:
    """Print the tables."""
    done = outcome.all_seconds
    print(f"{'milliseconds':<28}{'requests':>9}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}")
    for name, found in [*outcome.seconds.items(), ("all", done)]:
        if found:
            figures = [percentile(found, share) for share in (0.5, 0.95, 0.99, 1)]
            print(f"{name:<28}{len(found):>9,}" + "".join(f"{f * 1e3:>8,.0f}" for f in figures))
    late = percentile(outcome.late, 0.99) * 1e3
    print(
        f"asked {rate:.0f}/s, answered {len(done) / outcome.lasted:.1f}/s; sent late p99 {late:.0f}"
    )
    refused = sum(n for name, n in outcome.errors.items() if name.startswith("503"))
    print(f"refused with 503: {refused / (len(done) + sum(outcome.errors.values())):.1%}")
    print("other errors:", {k: n for k, n in outcome.errors.items() if k[:3] != "503"} or "none")
    minutes = {int(at // 60): size for at, size in watched.memory}
    print("web server, MB at each minute:", " ".join(f"{size:.0f}" for size in minutes.values()))
    print(f"slope after the first minute: {watched.slope():+.2f} MB a minute")


def tell_scans(rounds: Sequence[str], lasted: float) -> None:
    """Print how much was scanned meanwhile."""
    sizes = [int(line.split()[2]) for line in rounds]
    print(f"meanwhile {len(rounds)} rounds were scanned and decided on, {sum(sizes) / 1e6:.0f} MB,")
    print(f"{sum(sizes) / 1e6 / lasted:.2f} MB/s of the wall clock")


if __name__ == "__main__":
    main()
