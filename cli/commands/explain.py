"""``sentiment explain``: the words that made a model answer as it did."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._command import as_command
from .._options import output_option, report_options, text_options
from .._reporting import progress, report
from .._tables import format_table, plain, print_result

if TYPE_CHECKING:
    from sentiment.explanation import Explanation, ModelExplanation

_LONGEST = 60


@as_command(
    'sentiment explain models:/reviews@champion --text "Wonderful, never boring"',
    "sentiment explain models:/reviews@champion reviews.csv --limit 20 -o why.html",
    "sentiment explain models:/reviews@champion new.jsonl --format json",
    "sentiment explain models:/reviews@champion --top 20",
)
@click.argument("model")
@click.argument("source", metavar="[INPUT]", required=False)
@click.option("--text", help="Explain this one text instead of INPUT.")
@output_option("HTML page to write as well.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=10,
    help="How many of the strongest n-grams to list.",
)
@click.option(
    "--class",
    "target",
    metavar="LABEL",
    help="Explain the margin of this class.  [default: of two the second one, of more "
    "the predicted one]",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    help="Explain the first so many texts of INPUT.  [default: all]",
)
@report_options
@text_options
def command(
    model: str,
    source: str | None,
    text: str | None,
    output: Path | None,
    top: int,
    output_format: str,
    force: bool,
    **options: Any,
) -> None:
    """Show which words made a model answer as it does.

    Each n-gram is listed with the log-odds that it adds to the class, and with the
    change of the probability: how much lower it would be without this n-gram. The
    log-odds and the bias add up to the margin, which becomes the probability. On a
    terminal the words of the text are coloured: blue speaks for the class, orange
    against it.

    Without INPUT and --text, the strongest n-grams of the model as a whole are shown.
    INPUT is {DATA}.
    """
    if source is not None and text is not None:
        raise click.UsageError("Give INPUT or --text, not both.")
    of_model = source is None and text is None
    if of_model and options["target"] is not None:
        raise click.UsageError("--class goes with INPUT or --text.")
    if output is not None:
        # Before the work, not behind it.
        from sentiment.inference import check_output

        check_output(output, force=force)
    with progress("Explaining", unit="texts") as advance:
        found = _explain(model, source, text, top, options | {"progress": advance})
        if not of_model:
            found = found if output is None else list(found)
            _FORMATS[output_format](found, top)
    if of_model:
        print_result(found, output_format, _model_table)
    if output is not None:
        from sentiment.explanation import save_explanations

        save_explanations(found, output, top=top, force=force)
        report(f"Wrote {output}.")


def _explain(
    model: str, source: str | None, text: str | None, top: int, options: dict[str, Any]
) -> Any:
    """Return the explanations of texts, one at a time, or that of the whole model."""
    from sentiment.explanation import explain_model, explain_source, iter_explanations

    if source is not None:
        return explain_source(model, source, **options)
    if text is None:
        return explain_model(model, top=top, allow_pickle=options["allow_pickle"])
    asked = {name: options[name] for name in ("target", "allow_pickle", "progress")}
    return iter_explanations(model, [text], **asked)


def _print_json(explanations: "Iterable[Explanation]", top: int) -> None:
    """Print a list, an object a line, as they come: there may be many."""
    start = "["
    for one in explanations:
        click.echo(start + json.dumps(one.to_dict(top)), nl=False)
        start = ",\n "
    click.echo("[]" if start == "[" else "]")


def _print_tables(explanations: "Iterable[Explanation]", top: int) -> None:
    colour = False if os.environ.get("NO_COLOR") else None
    for number, one in enumerate(explanations):
        if number:
            click.echo()
        click.echo(_as_table(one, top), color=colour)


_FORMATS: "dict[str, Callable[[Iterable[Explanation], int], None]]" = {
    "table": _print_tables,
    "json": _print_json,
}


def _as_table(explanation: "Explanation", top: int) -> str:
    shown, rest = explanation.strongest(top)
    parts = [(_quoted(explanation.written(one)), one.value) for one in shown]
    n_others = len(explanation.contributions) - len(shown)
    if n_others:
        parts.append((f"({n_others:,} others)", rest))
    parts.append(("(bias)", explanation.bias))
    rows = [["n-gram", "log-odds", "probability change"]]
    for name, value in parts:
        change = explanation.probability_change(value)
        rows.append([name, f"{value:+.3f}", "" if change is None else f"{change:+.3f}"])
    target = plain(str(explanation.target))
    rows.append([f"(margin of {target})", f"{explanation.margin:+.3f}", ""])
    answer = f"{plain(str(explanation.label))} {explanation.score:.4f}"
    return "\n".join([answer, _coloured(explanation), "", format_table(rows)])


def _coloured(explanation: "Explanation") -> str:
    """Return the text with its words on the colours of their heat."""
    text, pieces, at = explanation.text, [], 0
    heat = explanation.heat()
    most = max((abs(one.value) for one in heat), default=0.0)
    for one in heat:
        share = abs(one.value) / most
        word = click.style(
            plain(text[one.start : one.end]),
            fg="blue" if one.value > 0 else "yellow",
            # From a half of the strongest on: a screen without colours shows it too.
            bold=share > 0.5,
            dim=share < 0.1,
        )
        pieces += [plain(text[at : one.start]), word]
        at = one.end
    return "".join([*pieces, plain(text[at:])])


def _quoted(words: "Sequence[str]") -> str:
    """Return an n-gram with a space between its words, punctuation too."""
    line = plain(" ".join(" ".join(words).split()))
    return f'"{line}"' if len(line) <= _LONGEST else f'"{line[: _LONGEST - 1]}…"'


def _model_table(explanation: "ModelExplanation") -> str:
    """Return a column for each class, and one for the trees."""
    columns = [
        [
            plain(str(label)),
            *(
                f"{weight:+.3f}  {explanation.probability_change(weight):+.3f}  "
                f"{_quoted([ngram])}"
                for ngram, weight in ngrams
            ),
        ]
        for label, ngrams in explanation.classes.items()
    ]
    if explanation.trees:
        shares = (
            f"{gain:6.1%}  {_quoted([ngram])}" for ngram, gain in explanation.trees
        )
        columns.append(["share of the gain of the trees", *shares])
    rows = list(zip_longest(*columns, fillvalue=""))
    table = format_table(rows, left=len(columns))
    if not explanation.classes:
        return table
    words = (
        f"What each n-gram adds to its class in {explanation.per}: log-odds, and the "
        "change of a probability that is even without it."
    )
    return f"{words}\n\n{table}"
