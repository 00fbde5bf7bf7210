"""Functions that share their variables from call to call."""

import functools

from .variable_scope import variable_scope


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, **kwargs):
    """`func_`, given `kwargs` too, as a function whose first call makes its variables, by `tf.get_variable`, in a scope
    `name_` of their own, and whose later calls use these. Raises `ValueError` in a later call that asks for others.

    The scope is made by the first call unless `create_scope_now_`. With `unique_name_` that is its whole name.
    """
    function = functools.partial(func_, **kwargs) if kwargs else func_
    return Template(name_, function, create_scope_now_, unique_name_, custom_getter_)


class Template:
    """What `make_template` gives."""

    def __init__(self, name, function, create_scope_now, unique_name, custom_getter):
        self._name, self._function, self._called = name, function, False
        self._enter = functools.partial(variable_scope, unique_name, name, custom_getter=custom_getter)
        self._scope = None
        if create_scope_now:
            with self._enter() as self._scope:
                pass

    def __call__(self, *args, **kwargs):
        made, self._called = self._called, True
        scope = self._enter() if self._scope is None else variable_scope(self._scope, reuse=made or None)
        with scope as entered:
            self._scope = self._scope or entered
            return self._function(*args, **kwargs)

    @property
    def name(self):
        """The name asked for."""
        return self._name

    @property
    def func(self):
        """The function."""
        return self._function

    @property
    def variable_scope(self):
        """The scope, or `None` before it is made."""
        return self._scope

    @property
    def variable_scope_name(self):
        """The full name of the scope, or `None` before it is made."""
        return None if self._scope is None else self._scope.name

    def _collected(self, key):
        from .default_graph import get_default_graph

        return [] if self._scope is None else get_default_graph().get_collection(key, self._scope.name + "/")

    @property
    def global_variables(self):
        """The variables made in its scope."""
        return self._collected("variables")

    variables = weights = global_variables

    @property
    def trainable_variables(self):
        """Those of its variables that are trained."""
        return self._collected("trainable_variables")

    trainable_weights = trainable_variables

    @property
    def local_variables(self):
        """The local variables made in its scope."""
        return self._collected("local_variables")
