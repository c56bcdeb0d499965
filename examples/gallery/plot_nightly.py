"""
Every night: from cron, or Airflow
==================================

A scheduler needs three things of a job: one command a step, an exit code that says how it
ended, and no harm if the step is run twice. The commands of this package have all three.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from click.testing import CliRunner

from sentiment import load_reviews, make_sentiment_pipeline, save_model
from sentiment.monitoring import make_profile
from sentiment_cli.__main__ import cli

# %%
# A model, as ``sentiment train`` would log it, and the reviews of two nights. On the second
# one, somebody has pasted the same two words into every form.
texts, labels = load_reviews("sample", "train")
known, truth = load_reviews("sample", "test")
pipeline = make_sentiment_pipeline("fast").fit(texts, labels)
folder = Path(tempfile.mkdtemp())
profile = make_profile(pipeline, known["text"], truth)
save_model(pipeline, folder / "model", profile=profile)
known.to_csv(folder / "monday.csv", index_label="id")
known.assign(text="nice nice").to_csv(folder / "tuesday.csv", index_label="id")


def run(line):
    """Run a command in this process; return its exit code."""
    arguments = [part.format(folder=folder) for part in line.split()]
    done = CliRunner().invoke(cli, arguments)
    print(f"$ sentiment {line}\n{done.stdout}exit code {done.exit_code}\n")
    return done.exit_code


# %%
# Two commands a night. ``predict`` writes whole files or none, and ``--force`` lets a step
# that is repeated write its file again. ``monitor`` exits with 3 on an alarm.
codes = {}
for night in ("monday", "tuesday"):
    data = f"{{folder}}/{night}"
    run(f"predict {{folder}}/model {data}.csv -o {data}.parquet --force -q")
    codes[night] = run(f"monitor {{folder}}/model {data}.csv -o {data}.html --force -q")

# %%
answers = pd.concat(
    {
        night: pd.read_parquet(folder / f"{night}.parquet")["predicted_label"]
        for night in codes
    }
)
shares = answers.groupby(level=0).value_counts(normalize=True).unstack(fill_value=0)
axes = shares.plot.barh(stacked=True, figsize=(7, 2.6), color=["#d55e00", "#0072b2"])
axes.set_xlabel("share of the answers")
axes.set_ylabel("")
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
axes.set_title(", ".join(f"{night}: exit code {code}" for night, code in codes.items()))
plt.tight_layout()
plt.show()

# %%
# cron
# ----
# One line of ``crontab -e``. ``&&`` stops the night at the first command that does not end
# with 0, and cron mails what the commands print::
#
#     30 2 * * *  cd /srv/reviews && sentiment predict models:/reviews@champion new.csv -o answers.parquet --force -q && sentiment monitor models:/reviews@champion new.csv -o drift.html --force -q
#
# Airflow
# -------
# Two tasks. Every exit code but 0 fails a task; with ``skip_on_exit_code=3`` an alarm marks
# it as skipped instead, and so are the tasks behind it::
#
#     from airflow.providers.standard.operators.bash import BashOperator
#
#     predict = BashOperator(
#         task_id="predict",
#         bash_command="sentiment predict models:/reviews@champion /data/{{ ds }}.csv "
#         "-o /data/{{ ds }}.parquet --force -q",
#     )
#     monitor = BashOperator(
#         task_id="monitor",
#         bash_command="sentiment monitor models:/reviews@champion /data/{{ ds }}.csv "
#         "-o /data/{{ ds }}.html --force -q",
#         skip_on_exit_code=3,
#     )
#     predict >> monitor
