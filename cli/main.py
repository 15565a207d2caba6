"""The ``shardgate`` command: wiring of its groups, and how errors end it."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import typer
from pydantic import ValidationError

from cli.console import err, safe
from ingest.errors import ShardgateError


@dataclass(frozen=True, slots=True)
class _Part:
    """A command, or a group of them, that is loaded when it is asked for."""

    help: str
    """What the list of commands says of it: to ask the part itself would load it, and all of them
    take seconds. A test compares the two."""
    module: str
    function: str = "app"
    """The command's function; ``app`` is a group."""


_PARTS: Final = {
    "scan": _Part(
        "Scan a folder, a file or a repository without registering it.", "cli.scan", "scan"
    ),
    "run": _Part(
        "Run the whole path with the embedded stack and show what came out.", "cli.run", "run_path"
    ),
    "sync": _Part(
        "Bring repositories up to date: mirror, snapshot, detect, decide.", "cli.run", "sync"
    ),
    "report": _Part(
        "Write the violation report of a repository: grouped, masked, with what each blocks.",
        "cli.paths",
        "report",
    ),
    "why": _Part(
        "Tell the chain from commit to verdict for one file: rules, facts, evidence, reviews.",
        "cli.paths",
        "why",
    ),
    "why-not": _Part(
        "Tell the smallest set of approvals that would release one file.", "cli.paths", "why_not"
    ),
    "unlock": _Part("Rank the single approvals that would release most.", "cli.paths", "unlock"),
    "pull": _Part(
        "Copy a release by a grant, going on where an earlier pull stopped, and verify it.",
        "cli.release",
        "pull",
    ),
    "pulls": _Part(
        "List who pulled what, and for which training run; --json has tier, grant and time too.",
        "cli.attest",
        "pulls",
    ),
    "attest": _Part(
        "Write, or check, a signed statement of exactly which shards a training run was given.",
        "cli.attest",
        "attest",
    ),
    "serve": _Part(
        "Serve releases to training jobs over HTTP, until Ctrl-C.", "cli.serve", "serve"
    ),
    "up": _Part(
        "Start the embedded broker, a worker and the web server, and print a link to log in.",
        "cli.stack",
        "up",
    ),
    "migrate": _Part(
        "Make the keys, and bring the catalog to the schema of this version.",
        "cli.stack",
        "migrate",
    ),
    "down": _Part(
        "Stop the web server, the worker and the embedded broker; state stays.",
        "cli.stack",
        "down",
    ),
    "login-link": _Part(
        "Make a link that logs a user in once, and show it.", "cli.user", "login_link"
    ),
    "status": _Part(
        "Show processes, repositories with their last visit, and jobs that need a person.",
        "cli.stack",
        "status",
    ),
    "doctor": _Part(
        "Check what the stack needs; exit 1 when something is missing.", "cli.stack", "doctor"
    ),
    "repo": _Part("Register repositories with their rights.", "cli.repo"),
    "host": _Part("Stop and resume traffic to the hosts of repositories.", "cli.host"),
    "secrets": _Part("Secrets of registered repositories, and what became of them.", "cli.secrets"),
    "review": _Part("What waits for people, and what they decide.", "cli.review"),
    "reviewer": _Part("Say who decides in which lane.", "cli.reviewer"),
    "grant": _Part("Say who may pull what, for which purpose.", "cli.grant"),
    "audit": _Part("The chain of what happened.", "cli.audit"),
    "terms": _Part("Keep the list of the company's own terms.", "cli.terms"),
    "policy": _Part("The rules: test, compare, try out, put in force.", "cli.policy"),
    "withdraw": _Part("Take back what may be in no release any more.", "cli.withdraw"),
    "user": _Part("Who may log in, and as what.", "cli.user"),
    "token": _Part("What programs identify themselves with.", "cli.token"),
    "release": _Part("Build, list and verify releases.", "cli.release"),
    "backup": _Part("Copies of an installation, and installations out of one.", "cli.backup"),
    "recall": _Part("Rows taken back out of published releases.", "cli.recall"),
}


def build_app(only: str = "") -> typer.Typer:
    """Return the command with all its parts, or with the one that is named.

    A part brings its own libraries along: who scans a folder does not wait for the queue's.
    """
    app = _empty_app()
    for name, part in _PARTS.items():
        if only in {"", name}:
            loaded = getattr(import_module(part.module), part.function)
            if isinstance(loaded, typer.Typer):
                app.add_typer(loaded, name=name)
            else:
                app.command(name)(loaded)
    return app


def build_listing() -> typer.Typer:
    """Return a command that shows the same list of commands, and has none of them."""
    app = _empty_app()
    for name, part in _PARTS.items():
        app.command(name, help=part.help)(_root)
    return app


def _empty_app() -> typer.Typer:
    app = typer.Typer(
        name="shardgate",
        help="Company code in, cleared midtraining shards out.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        add_completion=False,
    )
    app.callback()(_root)
    return app


def _root() -> None:
    """Company code in, cleared midtraining shards out."""


def main() -> None:
    """Run the command; exit 1 when something failed, 2 when the input must be mended."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        if sys.argv[1:] in ([], ["--help"]):
            build_listing()()
        build_app(first if first in _PARTS else "")()
    except ShardgateError as error:
        err.print(f"error: {safe(error.message)}")
        if error.hint:
            # A hint may hold a line to type, which no line break may cut.
            err.print(f"  hint: {safe(error.hint)}", soft_wrap=True)
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
