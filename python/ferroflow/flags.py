"""Flags of the command line."""

import sys


class Error(Exception):
    """A flag is not known, or its value does not fit."""


class _Flag:
    def __init__(self, name, default, help, parse, choices=None):
        self.name, self.default, self.help, self.parse, self.choices = name, default, help, parse, choices
        self.value, self.present = default, 0


class _FlagValues:
    """The flags by name, as attributes; the command line is read when one is first asked for."""

    def __init__(self):
        self.__dict__.update(_flags={}, _parsed=False)

    def __call__(self, argv, known_only=False):
        """Reads `argv`, whose first item is the program, and gives what is no flag, the program first.

        Raises `Error` for a value that does not fit, and for an unknown flag unless `known_only`.
        """
        rest, arguments = [argv[0]], list(argv[1:])
        self.__dict__["_parsed"] = True
        while arguments:
            argument = arguments.pop(0)
            if argument == "--":
                rest += arguments
                break
            if not argument.startswith("-") or argument == "-":
                rest.append(argument)
                continue
            name, equals, text = argument.lstrip("-").partition("=")
            name = name.replace("-", "_")
            flag = self._flags.get(name)
            if flag is None and name.startswith("no") and self._is_bool(name[2:]) and not equals:
                self._flags[name[2:]].value = False
                continue
            if flag is None:
                if name in ("help", "h"):
                    print(self._usage(argv[0]))
                    sys.exit(0)
                if not known_only:
                    raise Error(f"Unknown command line flag '{name}'")
                rest.append(argument)
                continue
            if not equals and self._is_bool(name):
                text = "true"
            elif not equals:
                if not arguments:
                    raise Error(f"Missing value for flag --{name}")
                text = arguments.pop(0)
            self._set(flag, text)
            flag.present += 1
        return rest

    def _is_bool(self, name):
        return name in self._flags and self._flags[name].parse is _bool

    def _set(self, flag, text):
        try:
            value = flag.parse(text)
        except ValueError as error:
            raise Error(f"flag --{flag.name}={text}: {error}") from None
        if flag.choices and value not in flag.choices:
            raise Error(f"flag --{flag.name}={text}: value should be one of <{'|'.join(flag.choices)}>")
        flag.value = value

    def _usage(self, program):
        lines = [f"{program}:"]
        return "\n".join(lines + [f"  --{f.name}: {f.help} (default: {f.default})" for f in self._flags.values()])

    def __getattr__(self, name):
        if name not in self._flags:
            raise AttributeError(f"Unknown command line flag '{name}'")
        if not self._parsed:
            self(sys.argv, known_only=True)
        return self._flags[name].value

    def __setattr__(self, name, value):
        if name not in self._flags:
            raise AttributeError(f"Unknown command line flag '{name}'")
        self._flags[name].value = value

    def __contains__(self, name):
        return name in self._flags

    def __iter__(self):
        return iter(self._flags)

    def flag_values_dict(self):
        """The values by name."""
        return {name: flag.value for name, flag in self._flags.items()}

    def is_parsed(self):
        """Whether the command line has been read."""
        return self._parsed


FLAGS = _FlagValues()


def _define(name, default, help, parse, choices=None):
    FLAGS._flags[name.replace("-", "_")] = _Flag(name.replace("-", "_"), default, help, parse, choices)


def _bool(text):
    known = {"true": True, "t": True, "1": True, "yes": True, "false": False, "f": False, "0": False, "no": False}
    if text.lower() not in known:
        raise ValueError("Non-boolean argument to boolean flag")
    return known[text.lower()]


def DEFINE_string(name, default, help, required=False):
    """A flag of text."""
    _define(name, default, help, str)


def DEFINE_integer(name, default, help, lower_bound=None, upper_bound=None, required=False):
    """A flag of whole numbers, between the bounds if there are any."""
    _define(name, default, help, _bounded(int, lower_bound, upper_bound))


def DEFINE_float(name, default, help, lower_bound=None, upper_bound=None, required=False):
    """A flag of numbers, between the bounds if there are any."""
    _define(name, None if default is None else float(default), help, _bounded(float, lower_bound, upper_bound))


def _bounded(kind, lower, upper):
    def parse(text):
        value = kind(text)
        if lower is not None and value < lower or upper is not None and value > upper:
            raise ValueError(f"{value} is not between {lower} and {upper}")
        return value

    return parse


def DEFINE_boolean(name, default, help):
    """A flag that is set by `--name` and unset by `--noname`."""
    _define(name, default, help, _bool)


DEFINE_bool = DEFINE_boolean


def DEFINE_enum(name, default, enum_values, help):
    """A flag of one of some words."""
    _define(name, default, help, str, list(enum_values))


def DEFINE_list(name, default, help):
    """A flag of words with commas between them."""
    _define(
        name, default.split(",") if isinstance(default, str) else default, help, lambda t: t.split(",") if t else []
    )
