"""What TensorBoard's projector, which shows vectors in space, is told: the file `projector_config.pbtxt`."""

import json
import os

from ....later import absent as _absent
from ....messages import Message, _message

__all__ = ["EmbeddingInfo", "ProjectorConfig", "SpriteMetadata", "visualize_embeddings"]

SpriteMetadata = _message(
    "SpriteMetadata",
    "An image of small images, one for each vector, and the size of these, `[width, height]`.",
    {"image_path": "", "single_image_dim": []},
)
EmbeddingInfo = _message(
    "EmbeddingInfo",
    "A variable of vectors, by its name, and the files that tell what they are.",
    {"tensor_name": "", "metadata_path": "", "bookmarks_path": "", "tensor_shape": [], "tensor_path": ""},
    {"sprite": SpriteMetadata},
)
ProjectorConfig = _message(
    "ProjectorConfig",
    "The variables to show, `embeddings`, and the checkpoint that has them.",
    {"model_checkpoint_path": "", "model_checkpoint_dir": ""},
    repeated={"embeddings": EmbeddingInfo},
)


def _lines(message, indent=""):
    """A message in protobuf's text format."""
    for name in (*message._PLAIN, *message._MESSAGES, *message._REPEATED):
        if name in message._fields():
            value = message._fields()[name]
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Message):
                    yield f"{indent}{name} {{"
                    yield from _lines(item, indent + "  ")
                    yield indent + "}"
                else:
                    yield f"{indent}{name}: {json.dumps(item, ensure_ascii=False)}"


def visualize_embeddings(summary_writer, config):
    """Writes `config` to the folder of `summary_writer`, a `tf.summary.FileWriter` or a path, where TensorBoard
    finds it."""
    folder = summary_writer.get_logdir() if hasattr(summary_writer, "get_logdir") else summary_writer
    if folder is None:
        raise ValueError("Summary writer must have a logdir")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in _lines(config)))


__getattr__ = _absent(__name__)
