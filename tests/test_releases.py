"""What a release takes from files that no code reads, compared with what is in the tree."""

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from sentiment.version import VERSION

ROOT = Path(__file__).parents[1]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETUP["project"]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
# conda-forge has the library without its windows under another name.
CONDA_NAMES = {"matplotlib-base": "matplotlib"}


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps_of(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_no_script_that_is_not_there(path):
    for step in steps_of(read(path)):
        for script in re.findall(r"\.ci/[\w.-]+", step.get("run", "")):
            assert (ROOT / script).is_file(), script


def test_a_wheel_is_tried_by_a_script_that_is_there():
    wheels = SETUP["tool"]["cibuildwheel"]
    (script,) = re.findall(r"{project}/(\S+)", " ".join(wheels["test-command"]))
    assert (ROOT / script).is_file()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_an_action_cannot_change_under_a_workflow(path):
    for step in steps_of(read(path)):
        assert re.fullmatch(r"\S+@[0-9a-f]{40}", step.get("uses", "a@" + 40 * "0"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_where_it_does_not_say_more(path):
    assert read(path)["permissions"] == {"contents": "read"}


def test_only_the_job_that_publishes_enters_the_environment_of_pypi():
    jobs = read(ROOT / ".github/workflows/release.yml")["jobs"]
    assert [name for name, job in jobs.items() if "environment" in job] == ["publish"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["attest"]["if"] == "github.ref_type == 'tag'"
    assert jobs["publish"]["needs"] == "attest"


def test_every_python_that_is_declared_gets_a_wheel_and_is_in_the_policy():
    head = "Programming Language :: Python :: 3."
    declared = [
        name.removeprefix(head)
        for name in PROJECT["classifiers"]
        if name.startswith(head)
    ]
    build = SETUP["tool"]["cibuildwheel"]["build"]
    assert build == [f"cp3{minor}-*" for minor in declared]
    policy = (ROOT / "docs/policy.md").read_text(encoding="utf-8")
    assert f"| Python | {', '.join(f'3.{minor}' for minor in declared)} |" in policy


@pytest.mark.parametrize("path", ["CITATION.cff", "conda/recipe.yaml"])
def test_every_file_names_the_version_of_the_package(path):
    written = read(ROOT / path)
    assert written.get("context", written)["version"] == VERSION


def test_the_recipe_asks_for_what_the_package_asks_for():
    asked = read(ROOT / "conda/recipe.yaml")["requirements"]
    run = [one if isinstance(one, str) else one["then"] for one in asked["run"]]
    assert run[0] == "python"
    assert split(run[1:]) == split(PROJECT["dependencies"])
    host = set(asked["host"]) - {"python", "pip"}
    assert split(host) == split(SETUP["build-system"]["requires"])


def split(requirements):
    """Return {name: lower bound}, in lower case."""
    parsed = map(Requirement, requirements)
    return {
        CONDA_NAMES.get(one.name, one.name.lower()): str(one.specifier)
        for one in parsed
    }


def test_the_recipe_asks_for_uvloop_where_the_package_does():
    (marked,) = (one for one in map(Requirement, PROJECT["dependencies"]) if one.marker)
    (condition,) = (
        one
        for one in read(ROOT / "conda/recipe.yaml")["requirements"]["run"]
        if not isinstance(one, str)
    )
    assert condition["if"] == "not win"
    assert str(marked.marker) == 'sys_platform != "win32"'


def test_the_recipe_makes_every_command():
    build = read(ROOT / "conda/recipe.yaml")["build"]
    made = dict(line.split(" = ") for line in build["python"]["entry_points"])
    assert made == PROJECT["scripts"]


@pytest.mark.parametrize("name", ["bug.yml", "wrong_answer.yml"])
def test_who_reports_a_fault_is_asked_for_the_versions(name):
    form = read(ROOT / ".github/ISSUE_TEMPLATE" / name)
    (versions,) = (part for part in form["body"] if part.get("id") == "versions")
    assert "sentiment.show_versions()" in versions["attributes"]["description"]
    assert versions["validations"]["required"]


def test_what_only_the_forge_reads_is_as_it_asks():
    tools = ("check-jsonschema", "zizmor")
    if not all(map(shutil.which, tools)):
        pytest.skip(f"{shlex.join(tools)} are in the dependency group dev.")
    done = subprocess.run(
        ["bash", ROOT / ".ci/forge"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
