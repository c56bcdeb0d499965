"""The Dockerfile that MLflow makes of a model, checked line by line, without an engine.

What its lines do to the requirements is done for real in ``test_fresh_environment.py``.
"""

import inspect
import platform
import re
import sys
from pathlib import Path

import mlflow
import pytest
from mlflow.models import container

# As of MLflow 3.17. Another line than these means to look at it and to decide.
LINES = [
    r"FROM python:(?P<python>[\d.]+)-slim",
    r"RUN printf .* > /etc/apt/apt\.conf\.d/99-mlflow-timeouts",
    r"RUN apt-get -y update && apt-get install -y --no-install-recommends nginx",
    r"WORKDIR /opt/mlflow",
    r"RUN pip install mlflow==(?P<mlflow>[\d.]+)",
    r"COPY (?P<source>\S+) /opt/ml/model",
    r'RUN python -c "(?P<install>[^"]+)"',
    r"ENV MLFLOW_DISABLE_ENV_CREATION=True",
    r"RUN chmod o\+rwX /opt/mlflow/",
    r"RUN rm -rf /var/lib/apt/lists/\*",
    r'ENTRYPOINT \["python", "-c", "(?P<serve>[^"]+)"\]',
]


@pytest.fixture(scope="module")
def context(saved, tmp_path_factory, environment, fork_command):
    parent = tmp_path_factory.mktemp("dockerfile")
    line = "models", "generate-dockerfile", "-m", saved, "-d", parent / "context"
    done = fork_command(
        ["-c", "from mlflow.cli import cli; cli()", *line],
        cwd=parent,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    return parent / "context"


@pytest.fixture(scope="module")
def parts(context):
    """What the lines of the Dockerfile say, each of them known."""
    text = (context / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [re.sub(r" {2,}", " ", line) for line in text.splitlines() if line.strip()]
    assert len(lines) == len(LINES), lines
    found = {}
    for line, pattern in zip(lines, LINES, strict=True):
        match = re.fullmatch(pattern, line)
        assert match, f"{line!r} is not {pattern!r}"
        found |= match.groupdict()
    return found


def test_every_line_is_known_and_names_these_versions(parts):
    assert parts["python"] == platform.python_version()
    assert parts["mlflow"] == mlflow.__version__


def test_the_context_holds_the_whole_model_and_nothing_else(context, parts, saved):
    copied = context / parts["source"]

    def read(folder):
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path.relative_to(folder): path.read_bytes() for path in files}

    assert read(copied) == read(saved)
    others = [path for path in read(context) if copied not in (context / path).parents]
    assert others == [Path("Dockerfile")]


@pytest.mark.parametrize("name", ["install", "serve"])
def test_what_it_runs_exists_in_mlflow(parts, name):
    code = parts[name]
    compile(code, name, "exec")
    (call,) = re.findall(r"C\.(\w+)\(", code)
    calls = []
    fake = {call: lambda *args, **options: calls.append((args, options))}
    code = code.replace("from mlflow.models import container as C", "")
    exec(code.lstrip("; "), {"C": type("C", (), fake)})
    ((args, options),) = calls
    inspect.signature(getattr(container, call)).bind(*args, **options)


def test_what_it_installs_are_the_models_requirements(saved, monkeypatch):
    """MLflow's own step, but for pip, on the model where it lies here."""
    commands = []

    class Done:
        def wait(self):
            return 0

    def popen(command, **options):
        commands.append(list(map(str, command)))
        return Done()

    monkeypatch.setattr(container, "Popen", popen)
    container._install_pyfunc_deps(str(saved), env_manager="local")
    first, second = commands
    assert first[:4] == [sys.executable, "-m", "pip", "install"]
    assert first[-2:] == ["-r", str(saved / "requirements.txt")]
    build = {requirement.partition("==")[0] for requirement in first[4:-2]}
    assert build == {"pip", "setuptools", "wheel"}
    assert second == ["bash", "-c", "pip install gunicorn[gevent]"]
