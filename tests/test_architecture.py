"""Imports point one way, and each heavy library has one place."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "digitpad"
LAYERS = (  # from the top; a module imports only from layers below its own, or from its own folder
    ("__main__",),
    ("cli",),
    ("web", "batch", "train"),
    ("store",),
    ("reader",),
    ("telling",),
    ("fitting",),
    ("printed", "drift", "form"),
    ("beside", "standing"),
    ("reading",),
    ("style", "page"),
    ("lattice", "layout"),
    ("picture",),
    ("network",),
    ("expect",),
    ("labels", "ink"),
    ("formats",),
    ("geometry",),
    ("config",),
    ("errors", "timing"),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
TRAINING = ("sources", "samples", "fit", "measure", "release")  # in the order in which data flows
HOMES = {  # library: the only parts of the package that import it
    "keras": {"train"},
    "tensorflow": {"train"},
    "tf2onnx": {"train"},
    "matplotlib": {"train"},
    "onnx": {"train"},
    "pooch": {"train"},
    "scipy": {"train"},
    "onnxruntime": {"network", "train"},  # its quantizer
    "flask": {"web"},
    "apiflask": {"web"},
    "werkzeug": {"web"},
    "pydantic": {"web"},
    "flask_cors": {"web"},
    "itsdangerous": {"web"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "gunicorn": {"web"},
    "limits": {"web"},
    "prometheus_client": {"web"},
    "redis": {"web"},
    "structlog": {"web"},
    "click": {"cli"},
    "fsspec": {"batch"},
    "pyarrow": {"batch"},
    "ray": {"batch"},
    "google": {"formats"},
    "rmscene": {"formats"},
    "svgelements": {"formats"},
}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def part(path: Path) -> str:
    """The part of the package that a module belongs to: its folder, or its own name."""
    return path.parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Every module that is imported anywhere in a file, in full."""
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_one_way(path: Path) -> None:
    if path.name == "__init__.py" and len(path.parts) == 1:
        return  # the public names
    own = part(path)
    for name in imports(path):
        if name.startswith("digitpad."):
            other = name.split(".")[1]
            if other == "__version__":
                continue
            assert other == own or LEVEL[other] > LEVEL[own], f"{path} imports {name}"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("train/*/*.py")), ids=lambda path: path.stem)
def test_training_flows_one_way(path: Path) -> None:
    own = path.parent.name
    for name in imports(path):
        if name.startswith("digitpad.train."):
            other = name.split(".")[2]
            assert TRAINING.index(other) <= TRAINING.index(own), f"{path} imports {name}"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("train/*/*.py")), ids=lambda path: path.stem)
def test_no_two_modules_of_training_need_each_other(path: Path) -> None:
    """Imports for types alone count too."""
    seen, left = set[Path](), [path]
    while left:
        for name in imports(left.pop()):
            parts = name.split(".")
            for other in (PACKAGE.joinpath(*parts[1:]), PACKAGE.joinpath(*parts[1:-1])):
                file = other.with_suffix(".py")
                if name.startswith("digitpad.train.") and file.exists() and file not in seen:
                    assert file != path, f"{path} imports itself, through others"
                    seen.add(file)
                    left.append(file)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_libraries_have_one_place(path: Path) -> None:
    for name in imports(path):
        library = name.split(".")[0]
        assert part(path) in HOMES.get(library, {part(path)}), f"{path} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_config_reads_the_environment(path: Path) -> None:
    if part(path) == "config":
        return
    tree = ast.parse((PACKAGE / path).read_text("utf-8"))
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not used & {"os.environ", "os.environb", "os.getenv", "os.putenv"}
    assert "__import__" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not imports(path) & {"os.environ", "os.environb", "os.getenv", "os.putenv"}


def test_modules_stay_small() -> None:
    for path in MODULES:
        assert len((PACKAGE / path).read_text("utf-8").splitlines()) <= 400, path


def test_the_site_never_imports_keras_or_tensorflow() -> None:
    program = (
        "import sys; from digitpad.web import create_app; app = create_app();"
        "assert app.test_client().get('/readyz').status_code == 200;"
        "print(sorted({'keras', 'tensorflow', 'torch', 'onnx'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout.splitlines()[-1] == "[]"
