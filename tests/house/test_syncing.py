"""What puts a file on the disk itself by its path stands in one place."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "watchkeeper"


def opens_and_syncs(function: ast.AST) -> bool:
    called = {ast.unparse(each.func) for each in ast.walk(function) if isinstance(each, ast.Call)}
    opened = [each for each in ast.walk(function) if isinstance(each, ast.Attribute) and each.attr == "O_RDONLY"]
    return "os.fsync" in called and bool(opened)


def test_a_path_is_put_on_the_disk_by_one_function() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{each.name}"
        for path in SOURCE.glob("**/*.py")
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(each, ast.FunctionDef) and opens_and_syncs(each)
    }
    assert found == {"syncing.py:sync_path"}
