"""The files below docker/: they are valid, and name what there really is.

What the lines of the Dockerfile do is done by ``.ci/image``, where there is root.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
import requests
import yaml

from sentiment.serving._service import _METHODS, _PROBES
from sentiment.serving._uvicorn_server import SECONDS_TO_FINISH
from sentiment.version import VERSION

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"


def load_script():
    loader = SourceFileLoader("image", str(ROOT / ".ci/image"))
    spec = importlib.util.spec_from_loader("image", loader)
    script = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    loader.exec_module(script)
    sys.dont_write_bytecode = before
    return script


STAGES = load_script().read_stages((DOCKER / "Dockerfile").read_text())
OBJECTS = {
    one["kind"]: one
    for one in yaml.safe_load_all((DOCKER / "kubernetes.yaml").read_text())
}
SERVICES = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
PODS = {
    "serve": OBJECTS["Deployment"]["spec"]["template"]["spec"],
    "batch": OBJECTS["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"],
}
CONTAINERS = {name: pod["containers"][0] for name, pod in PODS.items()}


def command_of(stage):
    return json.loads(STAGES[stage]["CMD"][0])


def test_the_image_has_the_stages_that_are_built():
    assert set(STAGES) == {"build", "base", "serve", "batch"}
    assert {name: one["build"]["target"] for name, one in SERVICES.items()} == {
        "serve": "serve",
        "batch": "batch",
    }
    assert (DOCKER / SERVICES["serve"]["build"]["context"] / "pyproject.toml").exists()
    assert (ROOT / SERVICES["batch"]["build"]["dockerfile"]).exists()


def test_nobody_is_root_and_nothing_is_written():
    user = int(STAGES["base"]["USER"][0].partition(":")[0])
    assert user > 0
    for one in SERVICES.values():
        assert one["read_only"]
        assert one["cap_drop"] == ["ALL"]
        assert one["deploy"]["resources"]["limits"]["memory"]
    for name, one in CONTAINERS.items():
        assert PODS[name]["securityContext"]["runAsUser"] == user
        assert PODS[name]["securityContext"]["runAsNonRoot"]
        assert one["securityContext"]["readOnlyRootFilesystem"]
        assert not one["securityContext"]["allowPrivilegeEscalation"]
        assert one["resources"]["limits"]["memory"]
        mounted = {mount["name"]: mount for mount in one["volumeMounts"]}
        assert set(mounted) == {volume["name"] for volume in PODS[name]["volumes"]}
        assert mounted["tmp"]["mountPath"] == "/tmp"
        assert mounted["model"] == {
            "name": "model",
            "mountPath": "/model",
            "readOnly": True,
        }
        assert one["image"] == f"sentiment-{name}:{VERSION}"


def test_the_pods_run_what_the_image_runs():
    token = ["--token-file", "/secrets/token"]
    assert CONTAINERS["serve"]["args"] == command_of("serve") + token
    assert CONTAINERS["batch"]["args"] == command_of("batch")


def test_probes_ask_addresses_that_take_no_token_on_the_port_that_is_served():
    container = CONTAINERS["serve"]
    (port,) = container["ports"]
    served = command_of("serve")[command_of("serve").index("--port") + 1]
    assert STAGES["serve"]["EXPOSE"] == [served] == [str(port["containerPort"])]
    for kind in ("startup", "readiness", "liveness"):
        probe = container[f"{kind}Probe"]["httpGet"]
        assert probe["path"] in _PROBES
        assert probe["port"] == port["name"]
    annotations = OBJECTS["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/path"] in _METHODS
    assert annotations["prometheus.io/port"] == served
    (forwarded,) = OBJECTS["Service"]["spec"]["ports"]
    assert forwarded["targetPort"] == port["name"]
    (published,) = SERVICES["serve"]["ports"]
    assert published.endswith(f":{served}")


def test_the_service_finds_its_pods():
    labels = OBJECTS["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert OBJECTS["Service"]["spec"]["selector"] == labels
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert OBJECTS[kind]["spec"]["selector"]["matchLabels"] == labels


def test_what_ends_a_container_waits_until_requests_are_finished():
    pause = CONTAINERS["serve"]["lifecycle"]["preStop"]["exec"]["command"]
    assert pause[0] == "sleep"
    needed = SECONDS_TO_FINISH + int(pause[1])
    assert PODS["serve"]["terminationGracePeriodSeconds"] > needed
    assert int(SERVICES["serve"]["stop_grace_period"].rstrip("s")) > SECONDS_TO_FINISH


def test_the_command_of_the_service_serves_and_is_healthy(saved, serve):
    command = command_of("serve")
    assert command[:2] == ["serve", "/model"]
    options = command[2:]
    options[options.index("--port") + 1] = "0"
    with serve(saved, *options) as server:
        port = server.url.rpartition(":")[2]
        probe = json.loads(STAGES["serve"]["HEALTHCHECK"][0].partition(" CMD ")[2])
        probe = [part.replace(":5000/", f":{port}/") for part in probe]
        probe[0] = sys.executable
        assert subprocess.run(probe, timeout=60, check=False).returncode == 0
        assert requests.get(f"{server.url}/metrics", timeout=30).status_code == 200
        assert server.stop() == 130
        assert subprocess.run(probe, timeout=60, capture_output=True).returncode == 1


def test_the_command_of_the_batch_predicts_today_and_tomorrow(
    saved, tmp_path, fork_command, environment
):
    (tmp_path / "texts.csv").write_text("text\nWonderful\nawful film\n")
    places = {"/model": str(saved), "/data": str(tmp_path)}
    command = command_of("batch")
    for mounted, place in places.items():
        command = [re.sub(f"^{mounted}", place, part) for part in command]
    for _ in range(2):
        done = fork_command(command, cwd=tmp_path, env=environment())
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "predicted.parquet").stat().st_size > 0


def test_the_image_installs_what_the_package_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extra = project["optional-dependencies"]["serve"]
    asked = dict(map(split_bound, project["dependencies"] + extra))
    asked |= {f"{name}-{kind}": asked[name] for name, kind in SMALLER.items()}
    listed = (DOCKER / "requirements.txt").read_text().splitlines()
    found = dict(split_bound(line) for line in listed if not line.startswith("#"))
    assert found == {name: asked.get(name) for name in found}


SMALLER = {"mlflow": "skinny", "xgboost": "cpu"}


def split_bound(requirement):
    name, _, bound = requirement.partition(";")[0].strip().partition(">=")
    return name, bound


@pytest.mark.services
@pytest.mark.timeout(900)
def test_the_images_work_as_nobody_on_a_read_only_root_without_a_network():
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [ROOT / ".ci/image", sys._base_executable],
        capture_output=True,
        text=True,
        timeout=850,
        env=environment,
    )
    if done.returncode == 77:
        pytest.skip(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "until it is healthy" in done.stdout
    assert "Wrote 2 rows to /data/predicted.parquet." in done.stdout
