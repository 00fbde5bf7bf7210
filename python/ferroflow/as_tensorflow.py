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

from ferroflow.module_names import MODULES

NAME = "tensorflow"


class _TensorFlow(types.ModuleType):
    """Ferroflow under another name and version."""

    def __init__(self, version):
        import ferroflow

        super().__init__(NAME, ferroflow.__doc__)
        self.__version__ = self.VERSION = version
        self.__path__ = []

    def __getattr__(self, name):
        import ferroflow

        return getattr(ferroflow, name)

    def __dir__(self):
        import ferroflow

        return sorted({*dir(ferroflow), *self.__dict__})


class _Loader(importlib.abc.Loader):
    """Gives the module of Ferroflow that is called alike, or that `module_names` names."""

    def create_module(self, spec):
        name = spec.name[len(NAME) + 1 :]
        found = MODULES.get(name, name)
        if found is None:
            self._spec = spec
            package = types.ModuleType(spec.name, "A package of modules.")
            package.__path__ = []
            return package
        module = importlib.import_module(f"ferroflow.{found}")
        self._spec = module.__spec__
        return module

    def exec_module(self, module):
        module.__spec__ = self._spec


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if not fullname.startswith(NAME + "."):
            return None
        try:
            found = fullname[len(NAME) + 1 :] in MODULES or importlib.util.find_spec("ferroflow" + fullname[len(NAME) :])
        except ModuleNotFoundError:
            found = None
        return None if not found else importlib.machinery.ModuleSpec(fullname, _Loader(), is_package=True)


def install(version=None):
    """Makes `import tensorflow` give Ferroflow, as that version; `1.15.0` if none is named."""
    version = version or os.environ.get("FERROFLOW_TENSORFLOW_VERSION") or "1.15.0"
    for name in [name for name in sys.modules if name == NAME or name.startswith(NAME + ".")]:
        del sys.modules[name]
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    sys.modules[NAME] = _TensorFlow(version)


install()
