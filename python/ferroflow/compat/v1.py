"""The whole library again, as TensorFlow 2 called it."""


def __getattr__(name):
    import ferroflow

    return getattr(ferroflow, name)


def __dir__():
    import ferroflow

    return dir(ferroflow)
