"""The ``shardgate`` command: wiring of its groups, and how errors end it."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from cli import paths, release, repo, run, stack
from cli.console import err, safe
from ingest.errors import ShardgateError

app = typer.Typer(
    name="shardgate",
    help="Company code in, cleared midtraining shards out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.command("run")(run.run_path)
app.command("sync")(run.sync)
app.command("report")(paths.report)
app.command("why")(paths.why)
app.command("pull")(release.pull)
app.command("up")(stack.up)
app.command("down")(stack.down)
app.command("status")(stack.status)
app.command("doctor")(stack.doctor)
app.add_typer(repo.app, name="repo")
app.add_typer(release.app, name="release")


def main() -> None:
    """Run the command; exit 1 when something failed, 2 when the input must be mended."""
    try:
        app()
    except ShardgateError as error:
        err.print(f"error: {safe(error.message)}")
        if error.hint:
            err.print(f"  hint: {safe(error.hint)}")
        sys.exit(error.exit_code)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            name = "_".join(str(part) for part in problem["loc"]).upper()
            err.print(f"error: SHARDGATE_{name}: {problem['msg']}")
        err.print("  hint: docs/settings.md lists the settings")
        sys.exit(2)
    except KeyboardInterrupt:
        err.print("stopped")
        sys.exit(130)
