"""Folders are walls: what other packages use is exported, and no files form a circle."""

import ast
from pathlib import Path

import pytest

import sentiment

ROOT = Path(sentiment.__file__).parents[1]
FOLDERS = {"sentiment": "sentiment", "cli": "sentiment_cli"}


def name_of(path):
    first, *rest = path.relative_to(ROOT).with_suffix("").parts
    parts = [FOLDERS[first], *rest]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    name_of(path): path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")
}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()}


def imports(name):
    """Return all that a file imports of ours, lazily and for types as well."""
    package = name if FILES[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                base = package.split(".")
                base = base[: len(base) - node.level + 1]
                module = ".".join([*base, module] if module else base)
            if module.partition(".")[0] in FOLDERS.values():
                yield from ((module, one.name) for one in node.names)


def room_of(module):
    return ".".join(module.split(".")[:2])


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_imports_a_private_name_of_another_package(name):
    broken = [
        f"{module}.{one}"
        for module, one in imports(name)
        if room_of(module) != room_of(name) and module != "sentiment._kernel"
        if any(part.startswith("_") for part in module.split(".")[2:])
    ]
    assert broken == []


def origin(module, name):
    """Return the file that defines a name, behind the faces that hand it on."""
    if f"{module}.{name}" in FILES:
        return f"{module}.{name}"
    if module in FILES and FILES[module].name == "__init__.py":
        for found, one in imports(module):
            if one == name and found != module:
                return origin(found, name)
    return module


def test_no_files_import_each_other_in_a_circle():
    graph = {
        name: {origin(*one) for one in imports(name)} & FILES.keys() - {name}
        for name in FILES
        if FILES[name].name != "__init__.py"
    }
    # Files that nobody left over imports, or that import nobody, are in no circle.
    while True:
        known = set().union(*graph.values())
        free = {
            one for one in graph if one not in known or not graph[one] & graph.keys()
        }
        if not free:
            break
        graph = {one: of for one, of in graph.items() if one not in free}
    assert {one: sorted(of & graph.keys()) for one, of in graph.items()} == {}
