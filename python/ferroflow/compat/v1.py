"""The whole library again, as TensorFlow 2 called it."""


def __getattr__(name):
    import ferroflow

    return getattr(ferroflow, name)


def __dir__():
    import ferroflow

    return dir(ferroflow)


def disable_v2_behavior():
    """Changes nothing: there is no other behaviour."""


def disable_eager_execution():
    """Changes nothing: graphs are described, then run."""


def enable_resource_variables():
    """Changes nothing: variables are of one kind."""


disable_resource_variables = enable_resource_variables
