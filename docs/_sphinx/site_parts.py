"""What Sphinx needs to know about this package: lazy commands, short names."""

from importlib import import_module
from typing import Any

import click
from docutils import nodes
from sphinx.util.nodes import make_refnode

import sentiment

# sphinx-click reads a whole group; ours imports a command when it is called.
from sentiment_cli.__main__ import cli

cli.commands = {name: command.load() for name, command in cli.commands.items()}


def add_examples(app: Any, ctx: click.Context, lines: list[str]) -> None:
    """Add a command's examples, which ``--help`` shows at its end."""
    examples = getattr(ctx.command, "examples", ())
    if examples:
        lines += ["", ".. code-block:: sh", ""]
        lines += [f"   {line}" for line in examples]
        lines.append("")


def escape(app: Any, ctx: click.Context, lines: list[str]) -> None:
    """Keep the stars of a help text: it is plain text, not reStructuredText."""
    lines[:] = [line.replace("*", r"\*") for line in lines]


def find_name(
    app: Any, env: Any, node: nodes.Element, within: nodes.Element
) -> nodes.Element | None:
    """Find the public name that a docstring calls by its last part."""
    domain, name = env.domains["py"], node.get("reftarget", "")
    if node.get("refdomain") != "py" or "." in name:
        return None
    full = f"sentiment.{name}"
    if name not in sentiment.__all__:
        own = [
            one for one in domain.objects
            if one.rpartition(".")[2] == name
            and name in getattr(import_module_of(one), "__all__", ())
        ]  # fmt: skip
        full = min(own, default="")
    if full not in domain.objects:
        return None
    found = domain.objects[full]
    page = node["refdoc"]
    return make_refnode(app.builder, page, found.docname, found.node_id, within, full)


def import_module_of(name: str) -> Any:
    """Import the module that ``name`` is in; None where that is a class."""
    try:
        return import_module(name.rpartition(".")[0])
    except ImportError:
        return None


def skip_routing(app: Any, what: str, name: str, *rest: Any) -> bool | None:
    """Leave out the methods that scikit-learn adds for metadata routing."""
    added = name.startswith("set_") and name.endswith("_request")
    return True if added or name == "get_metadata_routing" else None


def setup(app: Any) -> dict[str, bool]:
    """Connect to the events; called by Sphinx."""
    app.connect("sphinx-click-process-epilog", add_examples)
    app.connect("sphinx-click-process-description", escape)
    app.connect("missing-reference", find_name)
    app.connect("autodoc-skip-member", skip_routing)
    return {"parallel_read_safe": True}
