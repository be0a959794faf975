"""Trees of errors: as the code has them, and as a docstring draws them."""

import importlib
import pkgutil
import re
from typing import NamedTuple

_BRANCH = re.compile(r" {4}((?:│   |    )*)[├└]── (\w+) +(?:(\w+\.\w+): )?")


class Leaf(NamedTuple):
    """An error, whose it is, and the module that it is at home in."""

    name: str
    parent: str
    module: str


def in_code(root: type[Exception]) -> set[Leaf]:
    """All that the package of the root makes of it."""
    package = importlib.import_module(root.__module__.partition(".")[0])
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, parents = set[Leaf](), [root]
    for parent in parents:  # grows meanwhile
        for error in parent.__subclasses__():
            if error.__module__.startswith(f"{package.__name__}."):
                found.add(Leaf(error.__name__, parent.__name__, error.__module__))
                parents.append(error)
    return found


def drawn(root: type[Exception], page: str) -> set[Leaf]:
    """All that a docstring draws below the root; where it names no module, that is the parent's."""
    package = root.__module__.partition(".")[0]
    found, above = set[Leaf](), [(root.__name__, root.__module__)]
    for line in page.splitlines():
        if branch := _BRANCH.match(line):
            depth = 1 + len(branch[1]) // 4
            parent, module = above[depth - 1]
            module = f"{package}.{branch[3]}" if branch[3] else module
            above[depth:] = [(branch[2], module)]
            found.add(Leaf(branch[2], parent, module))
    return found
