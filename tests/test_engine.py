import subprocess
import sys

import pytest

import sentiment
from sentiment import engine
from sentiment.exceptions import SentimentError


def test_the_reference_can_be_forced(monkeypatch):
    monkeypatch.setenv("SENTIMENT_ENGINE", "reference")
    assert engine.engine_name() == "reference"


def test_unknown_engine_is_refused(monkeypatch):
    monkeypatch.setenv("SENTIMENT_ENGINE", "fortran")
    with pytest.raises(SentimentError, match="must be 'reference', 'compiled' or not"):
        engine.load_engine()


def test_missing_kernel_is_named_when_it_is_asked_for(monkeypatch):
    monkeypatch.setenv("SENTIMENT_ENGINE", "compiled")
    monkeypatch.setattr(engine, "_import_compiled", lambda: None)
    with pytest.raises(SentimentError, match="SENTIMENT_ENGINE=compiled asks for"):
        engine.load_engine()


@pytest.mark.parametrize(
    ("is_source", "remedy"), [(True, "pip install -e /"), (False, "a C compiler")]
)
def test_missing_kernel_is_said_once_with_the_remedy(
    monkeypatch, caplog, tmp_path, is_source, remedy
):
    monkeypatch.delenv("SENTIMENT_ENGINE", raising=False)
    monkeypatch.setattr(engine, "_import_compiled", lambda: None)
    monkeypatch.setattr(
        engine, "_SOURCE", engine._SOURCE if is_source else tmp_path / "kernel.pyx"
    )
    engine._say_that_it_is_slow.cache_clear()
    assert [engine.engine_name() for _ in range(3)] == ["reference"] * 3
    assert len(caplog.messages) == 1
    assert remedy in caplog.messages[0]


@pytest.mark.parametrize("kernel", ["None", "types.SimpleNamespace(VERSION=-1)"])
def test_a_kernel_that_does_not_fit_is_passed_over(monkeypatch, kernel):
    monkeypatch.delenv("SENTIMENT_ENGINE", raising=False)
    # As in a logged model that was made for another Python, or by an older version.
    code = (
        f"import sys, types; sys.modules['sentiment._kernel'] = {kernel}\n"
        "from sentiment.engine import engine_name; print(engine_name())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "reference\n"
    assert "no compiled kernel" in done.stderr


def test_show_versions_names_engine_and_libraries(capsys):
    sentiment.show_versions()
    shown = capsys.readouterr().out
    assert f"engine        {engine.engine_name()}" in shown
    assert "scikit-learn" in shown
