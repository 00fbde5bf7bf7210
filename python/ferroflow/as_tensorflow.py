"""Makes `import tensorflow` give Ferroflow, from the import of this module on.

`tensorflow.__version__` is `1.15.0`, or what the environment variable `FERROFLOW_TENSORFLOW_VERSION` or `install(version)`
says. `ferroflow.__version__` stays Ferroflow's.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types

from ferroflow.later import MISSING, imported
from ferroflow.module_names import MODULES

NAME = "tensorflow"


class _Counterpart(types.ModuleType):
    """What a module of TensorFlow's has, of those modules of Ferroflow that have it, or its submodules."""

    def __init__(self, name, places, doc):
        super().__init__(name, doc)
        self.__path__ = []
        self._places = places

    def __getattr__(self, name):
        if not name.startswith("__"):
            for place in self._places:
                found = getattr(imported(place), name, self)
                if found is not self:
                    return found
            child = f"{self.__name__}.{name}"
            if _listed(child[len(NAME) + 1 :]) is not None:
                return importlib.import_module(child)
        raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'{MISSING}")

    def __dir__(self):
        names = (set(dir(imported(place))) for place in self._places)
        return sorted(set(self.__dict__).union(*names))


class _TensorFlow(_Counterpart):
    """Ferroflow under another name and version."""

    def __init__(self, version):
        super().__init__(NAME, ["ferroflow"], importlib.import_module("ferroflow").__doc__)
        self.__version__ = self.VERSION = version


def _listed(name):
    """The modules of Ferroflow that have what a module of TensorFlow's has, as the table says: none for a package of others,
    `None` if it is not there."""
    if name in MODULES:
        return ["ferroflow" if place == "tf" else f"ferroflow.{place}" for place in MODULES[name].split()]
    return [] if _is_package(name) else None


def _is_package(name):
    return any(known.startswith(name + ".") for known in MODULES)


def _places(fullname):
    """`_listed`, or the module that is called alike."""
    name = fullname[len(NAME) + 1 :]
    try:
        alike = importlib.util.find_spec(f"ferroflow.{name}") is not None
    except ModuleNotFoundError:
        alike = False
    return [f"ferroflow.{name}"] if alike else _listed(name)


class _Loader(importlib.abc.Loader):
    """Gives the module of Ferroflow that has what is asked for, or one that looks in several."""

    def create_module(self, spec):
        places, name = _places(spec.name), spec.name[len(NAME) + 1 :]
        if len(places) != 1 or places == ["ferroflow"] or name in MODULES and _is_package(name):
            self._spec = spec
            return _Counterpart(spec.name, places, "What Ferroflow has of a module of TensorFlow's.")
        module = imported(places[0])
        self._spec = module.__spec__
        return module

    def exec_module(self, module):
        module.__spec__ = self._spec


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if not fullname.startswith(NAME + "."):
            return None
        if _places(fullname) is None:
            raise ModuleNotFoundError(f"{fullname} is not in Ferroflow")
        return importlib.machinery.ModuleSpec(fullname, _Loader(), is_package=True)


def install(version=None):
    """Makes `import tensorflow` give Ferroflow, as that version; `1.15.0` if none is named."""
    version = version or os.environ.get("FERROFLOW_TENSORFLOW_VERSION") or "1.15.0"
    for name in [name for name in sys.modules if name == NAME or name.startswith(NAME + ".")]:
        del sys.modules[name]
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    sys.modules[NAME] = _TensorFlow(version)


install()
