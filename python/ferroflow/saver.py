"""Checkpoints: TensorFlow's own files, which it reads and which it may have written."""

import collections
import glob
import os

from . import _ferroflow, errors, logging
from .dtypes import as_dtype
from .default_graph import get_collection, get_default_graph
from .graph import GraphKeys

CheckpointState = collections.namedtuple(
    "CheckpointState",
    "model_checkpoint_path all_model_checkpoint_paths all_model_checkpoint_timestamps last_preserved_timestamp",
)
CheckpointState.__doc__ = "What the file `checkpoint` of a folder says: the newest checkpoint, and those that are kept."


_FAILED = "Restoring from checkpoint failed."
_MISSING = "Most likely a Variable name or other graph key is missing from the checkpoint."
_MISMATCH = "Most likely the current graph and that of the checkpoint do not match."
_UNCHANGED = "Please ensure that you have not altered the graph expected based on the checkpoint."


class SaverDef:
    """The versions of the format."""

    LEGACY, V1, V2 = 0, 1, 2


class Saver(_ferroflow.Saver):
    """Saves variables as TensorFlow's checkpoints, and gives them the values of one.

    `var_list` has the variables: a list, or a dictionary of their names in the checkpoint; every global variable and
    saveable object if it is `None`. The last `max_to_keep` checkpoints are kept (all if it is 0 or `None`), and beside
    them one for each `keep_checkpoint_every_n_hours`. With `reshape` a value may be restored to another shape of as many
    elements. Checkpoints of the second version are written, to one file of data, and both versions are read. Nothing is
    added to the graph, whose description (`.meta`) is not written either.
    """

    def __new__(
        cls,
        var_list=None,
        reshape=False,
        sharded=False,
        max_to_keep=5,
        keep_checkpoint_every_n_hours=10000.0,
        name=None,
        restore_sequentially=False,
        saver_def=None,
        builder=None,
        defer_build=False,
        allow_empty=False,
        write_version=SaverDef.V2,
        pad_step_number=False,
        save_relative_paths=False,
        filename=None,
    ):
        if saver_def is not None or builder is not None:
            raise errors.UnimplementedError(
                None, None, "A Saver is made from variables, not from a saver_def or builder"
            )
        if var_list is None:
            members = get_collection(GraphKeys.GLOBAL_VARIABLES) + get_collection("saveable_objects")
            var_list = list(dict.fromkeys(members))
        named = _named(var_list)
        if not named and not allow_empty:
            raise ValueError("No variables to save")
        graph = named[0][1].graph if named else get_default_graph()
        references = [(key, variable._ref()) for key, variable in named]
        return super().__new__(cls, graph, references, max_to_keep or 0, keep_checkpoint_every_n_hours, reshape)

    def __init__(self, var_list=None, reshape=False, sharded=False, max_to_keep=5, *_, **options):
        self._empty = var_list is not None and not _named(var_list)
        self._pad = options.get("pad_step_number", False)
        self._relative = options.get("save_relative_paths", False)
        if options.get("write_version", SaverDef.V2) != SaverDef.V2:
            logging.warning("Checkpoints are written in the second version of the format.")

    def build(self):
        """Does nothing: a `Saver` is ready when it is made."""

    def save(
        self,
        sess,
        save_path,
        global_step=None,
        latest_filename=None,
        meta_graph_suffix="meta",
        write_meta_graph=True,
        write_state=True,
        strip_default_attrs=False,
        save_debug_info=False,
    ):
        """Writes the values that the variables have in `sess`; gives the name of the checkpoint.

        That is `save_path`, with `-` and the step after it if `global_step`, a number or a tensor, is given. Unless
        `write_state` is false, the file `latest_filename` (`checkpoint`) of the folder names it as the newest, and those
        that need not be kept are removed. Raises `ValueError` if there is no such folder,
        `tf.errors.FailedPreconditionError` if a variable has no value.
        """
        latest_filename = latest_filename or "checkpoint"
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        if not isinstance(sess, _ferroflow.Session):
            raise TypeError(f"'sess' must be a Session; {sess}")
        save_path = os.fspath(save_path)
        prefix = save_path
        if global_step is not None:
            step = int(global_step if not hasattr(global_step, "_as_graph_element") else sess.run(global_step))
            prefix = f"{save_path}-{step:08d}" if self._pad else f"{save_path}-{step}"
        elif os.path.basename(save_path) == latest_filename:
            raise ValueError(f"'latest_filename' collides with 'save_path': '{latest_filename}' and '{save_path}'")
        if self._empty:
            return None
        folder = os.path.dirname(save_path)
        if not os.path.isdir(folder or "."):
            raise ValueError(f"Parent directory of {save_path} doesn't exist, can't save.")
        self._save(sess, prefix)
        if write_state:
            superfluous = self._record(prefix)
            paths = self.last_checkpoints
            update_checkpoint_state(folder, prefix, paths, latest_filename, save_relative_paths=self._relative)
            if superfluous is not None:
                try:
                    remove_checkpoint(superfluous)
                except errors.OpError as error:
                    logging.warning("Ignoring: %s", error)
        return prefix

    def restore(self, sess, save_path):
        """Gives the variables the values of the checkpoint called `save_path`: all of them, or none if it raises.

        Raises `ValueError` if there is no such checkpoint, `tf.errors.NotFoundError` if it lacks a variable,
        `tf.errors.InvalidArgumentError` if a value is of another dtype or shape, and `tf.errors.DataLossError` if it is
        damaged.
        """
        if self._empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        save_path = os.fspath(save_path)
        if not checkpoint_exists(save_path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {save_path}")
        logging.info("Restoring parameters from %s", save_path)
        try:
            self._restore(sess, save_path)
        except (errors.NotFoundError, errors.InvalidArgumentError) as error:
            likely = _MISSING if isinstance(error, errors.NotFoundError) else _MISMATCH
            message = f"{_FAILED} {likely} {_UNCHANGED} Original error:\n\n{error.message}"
            raise type(error)(error.node_def, error.op, message) from error

    @property
    def last_checkpoints(self):
        """The checkpoints that are kept, from the oldest to the newest."""
        return [name for name, _ in self._kept()]

    def set_last_checkpoints(self, last_checkpoints):
        """Goes on from these checkpoints, written now."""
        self._set_kept([(name, _ferroflow.now()) for name in last_checkpoints])

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time):
        """Goes on from these checkpoints, each with the time at which it was written."""
        self._set_kept(list(last_checkpoints_with_time))

    def recover_last_checkpoints(self, checkpoint_paths):
        """Goes on from those of these checkpoints that are there, with the times at which they were written."""
        there = [path for path in checkpoint_paths if checkpoint_exists(path)]
        self._set_kept(list(zip(there, get_checkpoint_mtimes(there))))

    def export_meta_graph(self, filename=None, *_, **__):
        """Raises `tf.errors.UnimplementedError`: graphs are not written as `MetaGraphDef`."""
        raise errors.UnimplementedError(None, None, "Graphs are not written as MetaGraphDef")


def _named(var_list):
    """Pairs of name and variable, in order."""
    if isinstance(var_list, dict):
        pairs = list(var_list.items())
    else:
        pairs = [(variable.op.name if hasattr(variable, "op") else "", variable) for variable in var_list]
    for key, variable in pairs:
        if not hasattr(variable, "_ref_tensor"):
            raise TypeError(f"Variable to save is not a Variable: {variable}")
    names = collections.Counter(key for key, _ in pairs)
    twice = next((key for key, count in names.items() if count > 1), None)
    if twice is not None:
        raise ValueError(f"At least two variables have the same name: {twice}")
    return pairs


class NewCheckpointReader(_ferroflow.CheckpointReader):
    """A checkpoint, open for reading: `NewCheckpointReader(filepattern)` of its name.

    Raises `tf.errors.NotFoundError` if there is none, `tf.errors.DataLossError` if it is damaged.
    """

    def has_tensor(self, tensor_str):
        """Whether there is a tensor of that name."""
        return any(name == tensor_str for name, _, _ in self._tensors())

    def get_tensor(self, tensor_str):
        """The value of the tensor of that name. Raises `tf.errors.NotFoundError` if there is none."""
        name = tensor_str.decode() if isinstance(tensor_str, bytes) else tensor_str
        return self._read(name)

    def get_variable_to_shape_map(self):
        """The shapes, as lists, by name."""
        return {name: shape for name, _, shape in self._tensors()}

    def get_variable_to_dtype_map(self):
        """The dtypes, by name."""
        return {name: _dtype(dtype) for name, dtype, _ in self._tensors()}

    def debug_string(self):
        """The names, dtypes and shapes, one tensor a line, as bytes."""
        return "".join(f"{name} ({dtype}) {shape}\n" for name, dtype, shape in self._tensors()).encode()


def _dtype(name):
    try:
        return as_dtype(name)
    except TypeError:
        return name


def load_checkpoint(ckpt_dir_or_file):
    """The checkpoint of that name, or the newest of a folder, open for reading."""
    path = os.fspath(ckpt_dir_or_file)
    if os.path.isdir(path):
        found = latest_checkpoint(path)
        if found is None:
            raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory {path}")
        path = found
    return NewCheckpointReader(path)


def load_variable(ckpt_dir_or_file, name):
    """The value of the variable `name` in a checkpoint."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name[:-2] if name.endswith(":0") else name)


def list_variables(ckpt_dir_or_file):
    """The names and shapes of the variables in a checkpoint, in order of the names."""
    return [(name, shape) for name, _, shape in load_checkpoint(ckpt_dir_or_file)._tensors()]


def checkpoint_exists(checkpoint_prefix):
    """Whether there is a checkpoint of that name."""
    return _ferroflow.checkpoint_exists(os.fspath(checkpoint_prefix))


def remove_checkpoint(checkpoint_prefix, checkpoint_format_version=SaverDef.V2, meta_graph_suffix="meta"):
    """Removes the files of a checkpoint."""
    _ferroflow.remove_checkpoint(os.fspath(checkpoint_prefix))


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """What the file `latest_filename` (`checkpoint`) of a folder says, or `None` if there is none."""
    try:
        state = _ferroflow.read_checkpoint_state(os.fspath(checkpoint_dir), latest_filename or "checkpoint")
    except errors.OpError as error:
        logging.warning("%s", error)
        return None
    return None if state is None else CheckpointState(*state)


def update_checkpoint_state(
    save_dir,
    model_checkpoint_path,
    all_model_checkpoint_paths=None,
    latest_filename=None,
    all_model_checkpoint_timestamps=None,
    last_preserved_timestamp=None,
    save_relative_paths=False,
):
    """Writes the file `latest_filename` (`checkpoint`) of the folder `save_dir`, which names its checkpoints."""
    fields = (
        os.fspath(model_checkpoint_path),
        list(all_model_checkpoint_paths or ()),
        list(all_model_checkpoint_timestamps or ()),
        last_preserved_timestamp,
    )
    _ferroflow.write_checkpoint_state(os.fspath(save_dir), latest_filename or "checkpoint", fields, save_relative_paths)


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """The name of the newest checkpoint of a folder, or `None` if there is none."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is not None and state.model_checkpoint_path and checkpoint_exists(state.model_checkpoint_path):
        return state.model_checkpoint_path
    return None


def get_checkpoint_mtimes(checkpoint_prefixes):
    """When the checkpoints were written, in seconds since 1970; those that are not there are left out."""
    found = ([f"{prefix}.index", *sorted(glob.glob(prefix))] for prefix in checkpoint_prefixes)
    there = ([path for path in paths if os.path.exists(path)] for paths in found)
    return [os.path.getmtime(paths[0]) for paths in there if paths]


def import_meta_graph(meta_graph_or_file, clear_devices=False, import_scope=None, **kwargs):
    """Raises `tf.errors.UnimplementedError`: graphs are not read from `.meta` files. Build the graph, then restore."""
    raise errors.UnimplementedError(
        None, None, "Graphs are not read from MetaGraphDef: build the graph anew, then restore a tf.train.Saver"
    )


def export_meta_graph(filename=None, *_, **__):
    """Raises `tf.errors.UnimplementedError`: graphs are not written as `MetaGraphDef`."""
    raise errors.UnimplementedError(None, None, "Graphs are not written as MetaGraphDef")
