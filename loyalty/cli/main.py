"""Entry point of the `loyalty` command: finds the command, turns failures into one sentence and an exit code.

Exit codes: 0 done, 1 the work failed or a check did not hold, 2 wrong use (settings included).
"""

import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType

import click

from loyalty import __version__
from loyalty.cli.commands import COMMANDS
from loyalty.errors import ConfigError, DeviceError, LoyaltyError


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called, not when its name is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(_loaded(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _loaded(module: str) -> ModuleType:
    """The module. Of the hundreds that come with it nearly all stays: to look for garbage in between took a sixth of
    the time that a server needs to start."""
    if found := sys.modules.get(module):
        return found
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()


EPILOG = "Example: loyalty demo --no-browser. Each command explains itself: loyalty COMMAND --help."


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="loyalty")
@click.option("--debug", is_flag=True, help="Show a traceback when something fails; may stand anywhere.")
def loyalty(debug: bool) -> None:
    """Member cards, points and VIP levels for shops."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; `arguments` defaults to the process's own."""
    debug, rest = _take_debug(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run(rest, debug))


def _take_debug(arguments: Sequence[str]) -> tuple[bool, list[str]]:
    """`--debug` counts wherever it stands, up to a bare `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    head = [word for word in arguments[:end] if word != "--debug"]
    return len(head) < end, [*head, *arguments[end:]]


def _run(arguments: list[str], debug: bool) -> int:
    try:
        result = loyalty.main(arguments, prog_name="loyalty", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as fault:
        click.echo(fault.format_message(), err=True)
        return 2
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains while leaving
        return 1
    except Exception as fault:  # noqa: BLE001 - the outer edge: nobody at a counter should meet a traceback
        if debug:
            traceback.print_exc()
        click.echo(f"Error: {_sentence(fault)}", err=True)
        return 2 if isinstance(fault, ConfigError) else 1


def _sentence(fault: Exception) -> str:
    if isinstance(fault, LoyaltyError):
        return str(fault)
    if isinstance(fault, DeviceError):
        return f"{fault} {fault.advice}"
    if isinstance(fault, OSError) and fault.filename:
        return f"{fault.filename}: {fault.strerror}. Check that the path exists and this user may use it."
    return f"unexpected {type(fault).__name__}: {fault}. Run again with --debug to see where it happened."


if __name__ == "__main__":  # for `python -m loyalty.cli.main`, which needs no script on the PATH
    main()
