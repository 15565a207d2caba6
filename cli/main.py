"""The ``shardgate`` command: wiring of its groups, and how errors end it."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module

import typer
from pydantic import ValidationError

from cli.console import err, safe
from ingest.errors import ShardgateError

_COMMANDS = {
    "scan": ("cli.scan", "scan"),
    "run": ("cli.run", "run_path"),
    "sync": ("cli.run", "sync"),
    "report": ("cli.paths", "report"),
    "why": ("cli.paths", "why"),
    "pull": ("cli.release", "pull"),
    "up": ("cli.stack", "up"),
    "down": ("cli.stack", "down"),
    "status": ("cli.stack", "status"),
    "doctor": ("cli.stack", "doctor"),
}
_GROUPS = {
    "repo": "cli.repo",
    "secrets": "cli.secrets",
    "terms": "cli.terms",
    "release": "cli.release",
}


def build_app(only: str = "") -> typer.Typer:
    """Return the command with all its parts, or with the one that is named.

    A part brings its own libraries along: who scans a folder does not wait for the queue's.
    """
    app = typer.Typer(
        name="shardgate",
        help="Company code in, cleared midtraining shards out.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        add_completion=False,
    )
    app.callback()(_root)
    for name, (module, function) in _COMMANDS.items():
        if only in {"", name}:
            app.command(name)(getattr(import_module(module), function))
    for name, module in _GROUPS.items():
        if only in {"", name}:
            app.add_typer(import_module(module).app, name=name)
    return app


def _root() -> None:
    """Company code in, cleared midtraining shards out."""


def main() -> None:
    """Run the command; exit 1 when something failed, 2 when the input must be mended."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        build_app(first if first in {*_COMMANDS, *_GROUPS} else "")()
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
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - a message could hold content; its place does not
        err.print("".join(traceback.format_tb(error.__traceback__)), end="", soft_wrap=True)
        err.print(f"error: unexpected {type(error).__name__}; this is a defect of shardgate")
        sys.exit(1)
