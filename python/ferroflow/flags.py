"""Flags of the command line."""

import sys

from .later import absent as _absent


class Error(Exception):
    """Something is wrong with the flags."""


class IllegalFlagValueError(Error):
    """A value does not fit its flag."""


class UnrecognizedFlagError(Error):
    """There is no flag of that name."""

    def __init__(self, flagname, flagvalue="", suggestions=None):
        self.flagname, self.flagvalue = flagname, flagvalue
        super().__init__(f"Unknown command line flag '{flagname}'")


class DuplicateFlagError(Error):
    """A flag is defined twice."""


class _Flag:
    def __init__(self, name, default, help, parse, choices=None):
        self.name, self.default, self.help, self.parse, self.choices = name, default, help, parse, choices
        self.value, self.present = default if default is None else self.read(default), 0

    def read(self, value):
        """The value that a text, or a value, stands for."""
        try:
            found = self.parse(value)
        except ValueError as error:
            raise IllegalFlagValueError(f"flag --{self.name}={value}: {error}") from None
        if self.choices and found not in self.choices:
            message = f"value should be one of <{'|'.join(self.choices)}>"
            raise IllegalFlagValueError(f"flag --{self.name}={value}: {message}")
        return found

    def take(self, text):
        """Takes the value of the command line."""
        self.value = self.read(text)
        self.present += 1

    def __str__(self):
        return str(self.value)


class _Several(_Flag):
    """A flag that may stand several times: its value is a list."""

    def __init__(self, name, default, help, parse, choices=None):
        super().__init__(name, None, help, parse, choices)
        several = isinstance(default, (list, tuple))
        self.default = default if default is None else [self.read(v) for v in (default if several else [default])]
        self.value = self.default

    def take(self, text):
        """Adds the value of the command line, which those of the default give way to."""
        self.value = [*(self.value if self.present else []), self.read(text)]
        self.present += 1


class FlagValues:
    """The flags by name, as attributes; the command line is read when one is first asked for."""

    def __init__(self):
        # Programs look at `FLAGS.__flags` to print them all.
        flags = {}
        self.__dict__.update({"_flags": flags, "__flags": flags}, _required=[], _validators=[], _parsed=False)

    def __call__(self, argv, known_only=False):
        """Reads `argv`, whose first item is the program, and gives what is no flag, the program first.

        Flags may stand anywhere before `--`. Raises `IllegalFlagValueError` for a value that does not fit, and
        `UnrecognizedFlagError` for an unknown flag, unless it is among those of `--undefok` or `known_only`: then it
        stays in what is given back.
        """
        rest, arguments, unknown, allowed = [argv[0]], list(argv[1:]), [], []
        self.__dict__["_parsed"] = True
        while arguments:
            argument = arguments.pop(0)
            if argument == "--":
                rest += ["--", *arguments] if known_only else arguments
                break
            if not argument.startswith("-") or argument == "-":
                rest.append(argument)
                continue
            name, equals, text = argument.lstrip("-").partition("=")
            name = name.replace("-", "_")
            flag = self._flags.get(name)
            if flag is None and name.startswith("no") and self._is_bool(name[2:]) and not equals:
                flag, equals, text = self._flags[name[2:]], "=", "false"
            if flag is None and name == "undefok":
                allowed += (text if equals else arguments.pop(0)).split(",")
                continue
            if flag is None:
                if name in ("help", "h", "helpfull", "helpshort"):
                    print(self._usage(argv[0]))
                    sys.exit(1)
                unknown.append((name, argument))
                rest.append(argument)
                continue
            if not equals and self._is_bool(name):
                text = "true"
            elif not equals:
                if not arguments:
                    raise Error(f"Missing value for flag --{name}")
                text = arguments.pop(0)
            flag.take(text)
        for name, argument in unknown:
            if name in allowed or (name.startswith("no") and name[2:] in allowed):
                rest.remove(argument)
            elif not known_only:
                raise UnrecognizedFlagError(name, argument)
        for name in self._required:
            if self._flags[name].value is None:
                raise IllegalFlagValueError(f"flag --{name}=None: Flag --{name} must have a value other than None.")
        self._validate(self._flags)
        return rest

    def _validate(self, names):
        for name, checker, message in self._validators:
            if name in names and not checker(self._flags[name].value):
                raise IllegalFlagValueError(f"flag --{name}={self._flags[name].value}: {message}")

    def _is_bool(self, name):
        return name in self._flags and self._flags[name].parse is _bool

    def _usage(self, program):
        lines = [f"{program}:"]
        return "\n".join(lines + [f"  --{f.name}: {f.help} (default: {f.default})" for f in self._flags.values()])

    def __getattr__(self, name):
        if name not in self._flags:
            raise AttributeError(name)
        self._parse_flags()
        return self._flags[name].value

    def _parse_flags(self, args=None):
        """Reads the command line, if it has not been read."""
        if not self._parsed:
            self(sys.argv if args is None else [sys.argv[0], *args], known_only=True)

    def __setattr__(self, name, value):
        if name not in self._flags:
            raise UnrecognizedFlagError(name, value)
        self._flags[name].value = value
        self._validate([name])

    def __getitem__(self, name):
        """The flag, with its `value`, `default` and `help`."""
        return self._flags[name]

    def __contains__(self, name):
        return name in self._flags

    def __iter__(self):
        return iter(self._flags)

    def flag_values_dict(self):
        """The values by name."""
        self._parse_flags()
        return {name: flag.value for name, flag in self._flags.items()}

    def is_parsed(self):
        """Whether the command line has been read."""
        return self._parsed


FLAGS = FlagValues()


def _define(name, default, help, parse, choices=None, required=False, kind=_Flag):
    name = name.replace("-", "_")
    if name in FLAGS:
        known = FLAGS[name].help
        raise DuplicateFlagError(f"The flag '{name}' is defined twice. Description from first occurrence: {known}")
    FLAGS._flags[name] = kind(name, default, help, parse, choices)
    if required:
        mark_flag_as_required(name)


def mark_flag_as_required(flag_name, flag_values=None):
    """From now on a command line that leaves the flag without a value is refused."""
    FLAGS._required.append(flag_name)


def mark_flags_as_required(flag_names, flag_values=None):
    """`mark_flag_as_required` of several."""
    for name in flag_names:
        mark_flag_as_required(name)


def register_validator(flag_name, checker, message="Flag validation failed", flag_values=None):
    """From now on a value of the flag for which `checker` is not true is refused with `message`."""
    FLAGS._validators.append((flag_name, checker, message))


def _bool(value):
    if isinstance(value, (bool, int)):
        return bool(value)
    known = {"true": True, "t": True, "1": True, "yes": True, "false": False, "f": False, "0": False, "no": False}
    if value.lower() not in known:
        raise ValueError(f"('Non-boolean argument to boolean flag', {value!r})")
    return known[value.lower()]


def DEFINE_string(name, default, help, required=False):
    """A flag of text."""
    _define(name, default, help, str, required=required)


def DEFINE_integer(name, default, help, lower_bound=None, upper_bound=None, required=False):
    """A flag of whole numbers, between the bounds if there are any."""
    _define(name, default, help, _bounded(int, lower_bound, upper_bound), required=required)


def DEFINE_float(name, default, help, lower_bound=None, upper_bound=None, required=False):
    """A flag of numbers, between the bounds if there are any."""
    _define(name, default, help, _bounded(float, lower_bound, upper_bound), required=required)


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
    _define(name, default, help, lambda value: value.split(",") if isinstance(value, str) and value else list(value))


def DEFINE_multi_string(name, default, help, required=False):
    """A flag of text that may stand several times: a list."""
    _define(name, default, help, str, required=required, kind=_Several)


def DEFINE_multi_integer(name, default, help, lower_bound=None, upper_bound=None, required=False):
    """A flag of whole numbers that may stand several times: a list."""
    _define(name, default, help, _bounded(int, lower_bound, upper_bound), required=required, kind=_Several)


def DEFINE_multi_float(name, default, help, lower_bound=None, upper_bound=None, required=False):
    """A flag of numbers that may stand several times: a list."""
    _define(name, default, help, _bounded(float, lower_bound, upper_bound), required=required, kind=_Several)


def DEFINE_multi_enum(name, default, enum_values, help, required=False):
    """A flag of one of some words that may stand several times: a list."""
    _define(name, default, help, str, list(enum_values), required, _Several)


__getattr__ = _absent(__name__)
