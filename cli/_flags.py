"""Parameters in the messages of the library, as flags of the command that runs.

The library speaks to Python callers: ``Pass force=True to overwrite it.`` Whoever has
typed a command reads ``Pass --force to overwrite it.``
"""

import re
import shlex

import click

COMMAND = "sentiment_cli.command"
"""Where the context keeps the command that runs, also for errors of its parsing."""

# Not in a path such as split='a'/1.csv, in a quoted text, or in a command.
_MENTION = re.compile(
    r"""(?<![\w./'"=-])(?<!--set )([a-z]\w*)="""
    r"""('[^'\n]*'|"[^"\n]*"|True|False|\.\.\.|\d+(?:\.\d+)?)(?![\w/-])"""
)


def spell_flags(text: str, context: click.Context | None = None) -> str:
    """Return a message with the parameters of the command as the flags one types.

    ``text``: in which ``name=value`` may stand: ``on_bad_rows='skip'``,
    ``text_column=...``, ``force=True``, or a parameter of a step,
    ``vectorize__min_df=5``. ``context``: whose command runs; the current one by
    default, which other threads lack. ``text``: names that the command has no option
    for are as they were.
    """
    context = context or click.get_current_context(silent=True)
    command = context.meta.get(COMMAND) if context else None
    if command is None:
        return text
    options = {one.name: one for one in command.params if isinstance(one, click.Option)}

    def spell(found: re.Match[str]) -> str:
        name, value = found.groups()
        typed = shlex.quote(value[1:-1]) if value[0] in "'\"" else value
        if "__" in name:
            return f"--set {name}={typed}"
        if name not in options:
            return found[0]
        option = options[name]
        if not option.is_flag:
            return f"{max(option.opts, key=len)}={typed}"
        flags = option.secondary_opts if value == "False" else option.opts
        return max(flags, key=len, default=found[0])

    return _MENTION.sub(spell, text)
