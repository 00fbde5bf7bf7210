"""Optimizers, learning rates, moving averages and checkpoints."""

# ruff: noqa: F401

from .learning_rate import (
    cosine_decay,
    cosine_decay_restarts,
    exponential_decay,
    inverse_time_decay,
    linear_cosine_decay,
    natural_exp_decay,
    piecewise_constant,
    piecewise_constant_decay,
    polynomial_decay,
)
from .later import later as _later
from .messages import SessionLog
from .moving_averages import ExponentialMovingAverage
from .optimizer import (
    AdadeltaOptimizer,
    AdagradDAOptimizer,
    AdagradOptimizer,
    AdamOptimizer,
    FtrlOptimizer,
    GradientDescentOptimizer,
    MomentumOptimizer,
    Optimizer,
    ProximalAdagradOptimizer,
    ProximalGradientDescentOptimizer,
    RMSPropOptimizer,
)
from .saver import (
    CheckpointState,
    NewCheckpointReader,
    Saver,
    SaverDef,
    checkpoint_exists,
    export_meta_graph,
    get_checkpoint_mtimes,
    get_checkpoint_state,
    import_meta_graph,
    latest_checkpoint,
    list_variables,
    load_checkpoint,
    load_variable,
    remove_checkpoint,
    update_checkpoint_state,
)
from .summary import FileWriter as SummaryWriter, FileWriterCache as SummaryWriterCache, summary_iterator
from .training_util import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)


__getattr__, __dir__ = _later(
    __name__,
    {
        "examples_proto": "BytesList Example Feature FeatureList FeatureLists Features FloatList Int64List "
        "SequenceExample",
        "device_setter": "replica_device_setter",
        "checkpoint_watch": "checkpoints_iterator",
        "coordinator": "Coordinator LooperThread start_queue_runners",
        "hooks": "CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook "
        "NanLossDuringTrainingError NanTensorHook SecondOrStepTimer SessionRunArgs SessionRunContext SessionRunHook "
        "SessionRunValues StepCounterHook StopAtStepHook SummarySaverHook",
        "monitored_session": "ChiefSessionCreator MonitoredSession MonitoredTrainingSession Scaffold SessionCreator "
        "SingularMonitoredSession WorkerSessionCreator",
        "noisy_decay": "noisy_linear_cosine_decay",
        "supervisor": "SessionManager Supervisor",
        "warm_start": "init_from_checkpoint",
    },
)
