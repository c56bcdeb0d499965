import json
import socket
from pathlib import Path

import pytest

import sentiment.serving


@pytest.fixture
def served(monkeypatch):
    """What the command asks for, instead of doing it."""
    calls = []

    def run_server(model, **options):
        calls.append((model, options))

    monkeypatch.setattr(sentiment.serving, "run_server", run_server, raising=False)
    return calls


def test_the_defaults_serve_on_this_machine_alone(invoke, served):
    result = invoke("serve", "models:/reviews@champion")
    assert result.exit_code == 0, result.output
    assert served == [
        (
            "models:/reviews@champion",
            {
                "host": "127.0.0.1",
                "port": 5000,
                "workers": 1,
                "max_request_mb": 64.0,
                "allow_pickle": False,
                "metrics": False,
                "log_format": "text",
                "token_file": None,
                "tls_cert": None,
                "tls_key": None,
            },
        )
    ]


def test_every_option_arrives(invoke, served):
    options = ["--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
    options += ["--max-request-mb", "0.5", "--allow-pickle", "--metrics"]
    options += ["--log-format", "json", "--token-file", "t"]
    options += ["--tls-cert", "c", "--tls-key", "k"]
    assert invoke("serve", "model", *options).exit_code == 0
    assert served[0][1] == {
        "host": "0.0.0.0",
        "port": 8000,
        "workers": 2,
        "max_request_mb": 0.5,
        "allow_pickle": True,
        "metrics": True,
        "log_format": "json",
        "token_file": Path("t"),
        "tls_cert": Path("c"),
        "tls_key": Path("k"),
    }


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["model", "--port", "70000"],
        ["model", "--port", "http"],
        ["model", "--workers", "0"],
        ["model", "--max-request-mb", "0"],
        ["model", "other"],
        ["model", "--log-format", "xml"],
    ],
    ids=str,
)
def test_a_wrong_command_line_is_a_usage_error(invoke, served, options):
    assert invoke("serve", *options).exit_code == 2
    assert served == []


def test_a_port_in_use_is_one_line_and_exit_code_1(invoke):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = "serve", "model", "--port", taken.getsockname()[1]
        result, logged = invoke(*options), invoke(*options, "--log-format", "json")
    message = (
        f"Port {options[-1]} of 127.0.0.1 is in use. Choose another with --port=..., "
        "or stop what uses it."
    )
    for one in result, logged:
        assert one.exit_code == 1
        assert one.stdout == ""
    assert result.stderr == f"Error: {message}\n"
    line = json.loads(logged.stderr)
    assert (line["level"], line["message"]) == ("ERROR", message)


def test_half_of_tls_is_told_by_the_flags_one_types(invoke):
    result = invoke("serve", "model", "--tls-key", "key.pem")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: TLS takes a certificate and its key: --tls-cert=... and --tls-key=...\n"
    )


def test_a_model_that_does_not_exist_is_one_line_and_exit_code_1(invoke):
    result = invoke("serve", "no-such-model", "--port", "0")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: No model at 'no-such-model'. A model is")
    assert len(result.stderr.splitlines()) == 1


def test_the_environment_sets_options(invoke, served):
    result = invoke("serve", "model", env={"SENTIMENT_SERVE_PORT": "6001"})
    assert result.exit_code == 0
    assert served[0][1]["port"] == 6001


def test_the_help_says_what_is_refused(invoke):
    text = " ".join(invoke("serve", "--help").stdout.split())
    assert "refused with 400" in text
    assert "sentiment serve models:/reviews@champion" in text
