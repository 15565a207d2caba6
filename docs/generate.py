"""Write the reference pages that follow from the code: commands, settings, default policy.

``make docs`` writes them; a test compares them with what stands in the repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import typer

from cli.main import build_app
from policies.document import load_default_policy
from policies.dossier import DOSSIER_COLUMNS
from policies.model import Policy
from policies.review import ReviewRefused, clearing_lane
from workers.settings import Settings

HERE = Path(__file__).resolve().parent


def list_commands(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    """Yield (full name, command) of every command of a group, in its order."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):  # typer brings a click of its own
            yield from list_commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def commands_page() -> str:
    """Return the page of all commands with their options."""
    group = typer.main.get_command(build_app())
    parts = [
        "# Commands",
        (
            "Exit codes: 0 done, 1 failed, 2 the input must be mended, 3 a gate that was asked for "
            "(`scan --fail-on`, `policy test`, `policy lint`), 130 stopped by Ctrl-C."
        ),
    ]
    for name, command in list_commands(group, "shardgate"):  # type: ignore[arg-type]
        parts += [f"## `{name}`", (command.help or "").strip()]
        rows = [
            _parameter_row(parameter) for parameter in command.params if parameter.name != "help"
        ]
        if rows:
            parts.append("\n".join(["| | default | |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _parameter_row(parameter: click.Parameter) -> str:
    names = [*parameter.opts, *parameter.secondary_opts]
    shown = " / ".join(f"`{name}`" for name in names)
    if isinstance(parameter, click.Argument) or parameter.param_type_name == "argument":
        shown = f"`{(parameter.name or '').upper()}`"
    default = "required" if parameter.required else _default(parameter.default)
    text = getattr(parameter, "help", "") or ""
    choices = getattr(getattr(parameter, "type", None), "choices", ())
    listed = ", ".join(f"`{getattr(choice, 'value', choice)}`" for choice in choices)
    return f"| {shown} | {default} | {text}{f' One of {listed}.' if listed else ''} |"


def _default(value: object) -> str:
    if value is None or value is False or not str(value):
        return ""
    return f"`{getattr(value, 'value', value)}`"


def settings_page() -> str:
    """Return the page of all settings."""
    rows = [
        f"| `SHARDGATE_{name.upper()}` | {_default(field.default) if field.default != () else ''} "
        f"| {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    head = [
        "# Settings",
        (
            "Read once, when a command or a worker starts: from the environment, else from a "
            "folder of secrets that `SHARDGATE_SECRETS_DIR` names (files such as "
            "`shardgate_database_url`), else from a TOML file that `SHARDGATE_SETTINGS_FILE` "
            "names (names without their prefix)."
        ),
    ]
    return (
        "\n\n".join([*head, "\n".join(["| variable | default | |", "|---|---|---|", *rows])]) + "\n"
    )


def policy_page() -> str:
    """Return the page of the default policy's rules and of the columns they may read."""
    policy = load_default_policy()
    rules = [
        f"| `{rule.id}` | {rule.effect.value}"
        f"{f' ({rule.document.lane.value})' if rule.document.lane else ''} "
        f"| {_cleared_by(policy, rule.id)} "
        f"| {_cell(rule.document.title)} | {_cell(rule.document.because)} |"
        for rule in policy.rules
    ]
    columns = [f"| `{c.name}` | {c.type} | {_cell(c.meaning)} |" for c in DOSSIER_COLUMNS]
    intro = (
        "The document is `policies/default.yaml`; every rule, and every row of the precedence "
        "of licenses, carries its tests there. "
        "A file is releasable only if at least one `grant` fires and no `hold`, `internal-only` "
        "or `exclude` does."
    )
    parts = [
        "# The default policy",
        intro,
        "\n".join(
            ["| rule | effect | cleared by | title | because |", "|---|---|---|---|---|", *rules]
        ),
        "## Columns a condition may read",
        "\n".join(["| column | type | meaning |", "|---|---|---|", *columns]),
    ]
    return "\n\n".join(parts) + "\n"


def _cleared_by(policy: Policy, name: str) -> str:
    try:
        return clearing_lane(policy, name).value
    except ReviewRefused:
        return "nobody"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "policy.md": policy_page,
}


def main() -> None:
    """Write all pages."""
    for name, render in PAGES.items():
        (HERE / name).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
