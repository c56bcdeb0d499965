"""The kind of click command that every ``sentiment`` command is.

A command module looks like this::

    @as_command("sentiment predict models:/reviews@champion reviews.csv")
    @click.argument("model")
    @text_options
    def command(model: str, ...) -> None:
        \"\"\"First line of the help.\"\"\"

It is named after its module, and gets ``-q`` and ``-v``, the logging that goes with
them, and the *Examples* at the end of its help. The tests run every line of
``command.examples`` in a folder that holds ``reviews.csv`` (columns ``id``,
``text``, ``label``), ``new.jsonl`` (``id``, ``text``) and ``space.yaml`` (for
``tune``), in whose store the model ``reviews`` with the alias ``champion`` is
registered.
"""

from collections.abc import Callable, Sequence
from typing import Any

import click

from ._flags import COMMAND
from ._group import COMMANDS
from ._reporting import reporting, set_verbosity

_MEANINGS = {
    "{MODEL}": "an MLflow URI (runs:/ID/model, models:/name@alias, models:/name/3), a "
    "model folder, a run id, or reviews-en",
    "{DATA}": "a file (csv, tsv, jsonl, parquet; .gz and .zst too), a folder of "
    "reviews, hf:NAME for a data set of the Hugging Face hub, or - for stdin",
}
CONTEXT_SETTINGS = {
    "help_option_names": ["-h", "--help"],
    "max_content_width": 88,
    "show_default": True,
}


def verbosity_options() -> list[click.Option]:
    """Make -q and -v; the group takes them, and each command too."""
    texts = {
        "quiet": "Print nothing on stderr but warnings and errors.",
        "verbose": "Print what the libraries say, too.",
    }
    return [
        click.Option(
            [f"-{name[0]}", f"--{name}"],
            is_flag=True,
            expose_value=False,
            callback=set_verbosity,
            help=text,
        )
        for name, text in texts.items()
    ]


class Command(click.Command):
    """A command with -q, -v and examples.

    ``*args``, ``**kwargs``: as for ``click.Command``. ``examples``: command lines,
    shown at the end of the help and run by the tests.
    """

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", CONTEXT_SETTINGS)
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.params.extend(verbosity_options())
        for parameter in self.params:
            if isinstance(parameter, click.Option):
                self._name_in_environment(parameter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what was typed; messages from here on name the flags of the command."""
        ctx.meta[COMMAND] = self
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command with stderr set up as -q and -v ask."""
        with reporting():
            return super().invoke(ctx)

    def _name_in_environment(self, option: click.Option) -> None:
        """Name an option's variable after its flag; click takes the parameter."""
        flag = max(option.opts, key=len).lstrip("-").replace("-", "_")
        if flag != option.name:
            option.envvar = f"SENTIMENT_{self.name}_{flag}".upper()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, one unwrapped line each."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def as_command(*examples: str) -> Callable[[Any], Command]:
    """Make a function the command of its module, with these examples.

    Its docstring is the help; {MODEL} and {DATA} in it stand for what these may be.
    """

    def decorate(function: Any) -> Command:
        name, text = function.__module__.rpartition(".")[2], function.__doc__
        for word, meaning in _MEANINGS.items():
            text = text.replace(word, meaning)
        shown = {"help": text, "short_help": COMMANDS[name], "examples": examples}
        return click.command(name, cls=Command, **shown)(function)

    return decorate
