"""Prints the bytes on disk of a package and of all that it needs."""

import importlib.metadata
import re
import sys


def needed(name, found):
    """Adds a distribution and those that it requires here, extras aside, to `found`."""
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return
    name = distribution.metadata["Name"].lower()
    if name in found:
        return
    found[name] = distribution
    for requirement in distribution.requires or []:
        if "extra ==" not in requirement:
            needed(re.match(r"[\w.-]+", requirement)[0], found)


found = {}
needed(sys.argv[1], found)
files = {file.locate() for d in found.values() for file in d.files or []}
print(sum(file.stat().st_size for file in files if file.is_file()))
