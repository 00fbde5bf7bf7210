"""Settings of sessions and runs. The number of threads apart, they are kept for programs that set them, and change nothing."""

from .messages import _message

GPUOptions = _message(
    "GPUOptions",
    "Settings of GPUs: all runs on the CPU.",
    {
        "allocator_type": "",
        "allow_growth": False,
        "deferred_deletion_bytes": 0,
        "force_gpu_compatible": False,
        "per_process_gpu_memory_fraction": 0.0,
        "polling_active_delay_usecs": 0,
        "polling_inactive_delay_msecs": 0,
        "visible_device_list": "",
    },
    {"experimental": _message("Experimental", "Settings that may change.", {"use_unified_memory": False})},
)
OptimizerOptions = _message(
    "OptimizerOptions",
    "How graphs are optimised: always alike.",
    {
        "do_common_subexpression_elimination": False,
        "do_constant_folding": False,
        "do_function_inlining": False,
        "global_jit_level": 0,
        "max_folded_constant_in_bytes": 0,
        "opt_level": 0,
    },
)
OptimizerOptions.L0, OptimizerOptions.L1 = -1, 0
OptimizerOptions.OFF, OptimizerOptions.DEFAULT, OptimizerOptions.ON_1, OptimizerOptions.ON_2 = -1, 0, 1, 2
_RewriterConfig = _message(
    "RewriterConfig",
    "How graphs are rewritten: always alike.",
    {
        name: 0
        for name in (
            "arithmetic_optimization auto_mixed_precision constant_folding debug_stripper dependency_optimization "
            "function_optimization implementation_selector layout_optimizer loop_optimization memory_optimization "
            "meta_optimizer_iterations min_graph_nodes pin_to_host_optimization remapping scoped_allocator_optimization "
            "shape_optimization"
        ).split()
    }
    | {"disable_model_pruning": False, "disable_meta_optimizer": False, "optimizers": []},
)
GraphOptions = _message(
    "GraphOptions",
    "How graphs are run: always alike.",
    {
        "build_cost_model": 0,
        "build_cost_model_after": 0,
        "enable_bfloat16_sendrecv": False,
        "enable_recv_scheduling": False,
        "infer_shapes": False,
        "place_pruned_graph": False,
        "timeline_step": 0,
    },
    {"optimizer_options": OptimizerOptions, "rewrite_options": _RewriterConfig},
)
ConfigProto = _message(
    "ConfigProto",
    "How a session runs. `intra_op_parallelism_threads` is the number of threads that share the work of a run, 0 for as many\n"
    "    as there are cores; other settings are kept and change nothing. Raises `ValueError` for a setting that there is not.",
    {
        "allow_soft_placement": False,
        "device_count": {},
        "device_filters": [],
        "inter_op_parallelism_threads": 0,
        "intra_op_parallelism_threads": 0,
        "isolate_session_state": False,
        "log_device_placement": False,
        "operation_timeout_in_ms": 0,
        "placement_period": 0,
        "session_inter_op_thread_pool": [],
        "share_cluster_devices_in_session": False,
        "use_per_session_threads": False,
    },
    {"gpu_options": GPUOptions, "graph_options": GraphOptions},
)
RunOptions = _message(
    "RunOptions",
    "What a run is to tell of itself: nothing is traced.",
    {
        "inter_op_thread_pool": 0,
        "output_partition_graphs": False,
        "report_tensor_allocations_upon_oom": False,
        "timeout_in_ms": 0,
        "trace_level": 0,
    },
)
RunOptions.NO_TRACE, RunOptions.SOFTWARE_TRACE, RunOptions.HARDWARE_TRACE, RunOptions.FULL_TRACE = range(4)


class RunMetadata:
    """What a run told of itself: nothing."""

    step_stats = None
