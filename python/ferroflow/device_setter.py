"""Which machine would hold which variable, in programs written for several. Everything runs on the one there is."""

from .device_names import merge, parse, text

_PS_OPS = (
    "Variable VariableV2 AutoReloadVariable MutableHashTable MutableHashTableV2 MutableHashTableOfTensors "
    "MutableHashTableOfTensorsV2 MutableDenseHashTable MutableDenseHashTableV2 VarHandleOp BoostedTreesEnsembleResourceHandleOp"
).split()


def replica_device_setter(
    ps_tasks=0,
    ps_device="/job:ps",
    worker_device="/job:worker",
    merge_devices=True,
    cluster=None,
    ps_ops=None,
    ps_strategy=None,
):
    """A function for `tf.device` that names a task of `ps_device` for each variable, one after the other or as
    `ps_strategy(op)` says, and `worker_device` for everything else; `None` if there are no such tasks.

    There are `ps_tasks`, or as many as `cluster`, a dictionary of lists of addresses, has of that job. All run here.
    """
    if cluster is not None:
        jobs = cluster.as_dict() if hasattr(cluster, "as_dict") else cluster
        if not isinstance(jobs, dict):
            raise TypeError(
                "`cluster` must be a dictionary mapping one or more job names to lists of network addresses"
            )
        ps_tasks = len(jobs.get(parse(ps_device).get("job"), ()))
    if ps_tasks == 0:
        return None
    if ps_strategy is not None and not callable(ps_strategy):
        raise TypeError("ps_strategy must be callable")
    held = _PS_OPS if ps_ops is None else ps_ops
    made = iter(range(2**62))
    strategy = ps_strategy or (lambda op: next(made) % ps_tasks)

    def device(op):
        if op.device and not merge_devices:
            return op.device
        if not ps_device or op.type not in held:
            return merge(worker_device, op.device)
        parts, asked = parse(ps_device), parse(op.device)
        if "job" in parts and asked.get("job", parts["job"]) == parts["job"]:
            parts["task"] = strategy(op)
        return text({**parts, **asked})

    return device
