"""Names of a module that are defined in others, which are imported when one of their names is first asked for.

Programs use few of them, and `import ferroflow` is to be quick.
"""

import importlib
import sys
import types

MISSING = ": if TensorFlow 1 has it, Ferroflow has it not yet"


def absent(module):
    """The `__getattr__` of a module of TensorFlow's that has all of its names itself."""
    return later(module, {})[0]


def later(module, places):
    """The `__getattr__` and `__dir__` of `module`: for each module of the package in `places` the names that are there,
    in one string, or, for a module that is a member itself, its own name."""
    home = {name: place for place, names in places.items() for name in names.split()}

    def get(name):
        place = home.get(name)
        if place is None:
            known = "" if name.startswith("__") else MISSING
            raise AttributeError(f"module '{module}' has no attribute '{name}'{known}")
        found = imported("ferroflow." + place)
        value = found if place.rpartition(".")[2] == name else getattr(found, name)
        setattr(sys.modules[module], name, value)
        return value

    return get, lambda: sorted({*vars(sys.modules[module]), *home})


def imported(name):
    """The module, which does not become a member of the package, nor do those that it imports: TensorFlow has none of the
    name."""
    package = vars(sys.modules["ferroflow"])
    known = set(package)
    found = importlib.import_module(name)
    for member in set(package) - known:
        if isinstance(package[member], types.ModuleType):
            del package[member]
    return found
