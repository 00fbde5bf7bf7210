"""Images cut, framed, mirrored and turned."""

from .. import array_ops
from ..array_ops import reverse, shape
from ..control_flow import case
from ..default_graph import name_scope
from ..framework import convert_to_tensor, is_tensor
from ..math_ops import cast, equal, identity, maximum, minimum


def image_of(image):
    """An image or a batch of them as a tensor, and the number of dimensions before its height. Raises `ValueError` for what
    is neither."""
    image = convert_to_tensor(image)
    if image.shape.ndims not in (3, 4):
        raise ValueError(f"'image' must have either 3 or 4 dimensions, found shape {image.shape}")
    return image, image.shape.ndims - 3


def sizes(image):
    """The height and the width: numbers if they are known, else scalar tensors."""
    image, first = image_of(image)
    known, dynamic = image.shape.as_list(), shape(image)
    return [dynamic[d] if known[d] is None else known[d] for d in (first, first + 1)]


def flip_left_right(image):
    """Mirrored: the columns in reverse order."""
    image, first = image_of(image)
    return reverse(image, [first + 1])


def flip_up_down(image):
    """Upside down: the rows in reverse order."""
    image, first = image_of(image)
    return reverse(image, [first])


def transpose(image, name=None):
    """Rows as columns."""
    image, first = image_of(image)
    order = [*range(first), first + 1, first, first + 2]
    return array_ops.transpose(image, order, name=name or "transpose_image")


transpose_image = transpose


def rot90(image, k=1, name=None):
    """Turned against the clock by `k` quarters, a number or a scalar tensor."""
    with name_scope(name, "rot90", [image]):
        image, _ = image_of(image)
        turned = [
            lambda: identity(image),
            lambda: flip_up_down(transpose(image)),
            lambda: flip_left_right(flip_up_down(image)),
            lambda: transpose(flip_up_down(image)),
        ]
        if isinstance(k, int):
            return turned[k % 4]()
        k = convert_to_tensor(k) % 4
        return case([(equal(k, i), turned[i]) for i in (1, 2, 3)], turned[0], exclusive=True)


def crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """The part of `target_height` and `target_width` whose upper left pixel is at the offsets. Raises `ValueError`, or the
    run `tf.errors.InvalidArgumentError`, if it is not within the image."""
    image, first = image_of(image)
    offsets, wanted = (offset_height, offset_width), (target_height, target_width)
    for offset, size, known in zip(offsets, wanted, sizes(image)):
        if isinstance(offset, int) and offset < 0:
            raise ValueError("offsets must be >= 0.")
        if isinstance(size, int) and size <= 0:
            raise ValueError("target sizes must be > 0.")
        if all(isinstance(n, int) for n in (offset, size, known)) and offset + size > known:
            raise ValueError(f"An image of {known} pixels has none from {offset} to {offset + size}.")
    begin, size = [0] * first + [*offsets, 0], [-1] * first + [*wanted, -1]
    made = array_ops.slice(image, array_ops.stack(begin), array_ops.stack(size))
    known = [n if isinstance(n, int) else None for n in wanted]
    made.set_shape([*image.shape.as_list()[:first], *known, image.shape.as_list()[-1]])
    return made


def pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """An image of `target_height` and `target_width`, zero but for `image`, whose upper left pixel is at the offsets. Raises
    `ValueError`, or the run `tf.errors.InvalidArgumentError`, if it does not fit."""
    image, first = image_of(image)
    pairs = []
    for offset, wanted, size in zip((offset_height, offset_width), (target_height, target_width), sizes(image)):
        after = wanted - offset - size
        if isinstance(offset, int) and offset < 0:
            raise ValueError("offsets must be >= 0.")
        if isinstance(after, int) and after < 0:
            raise ValueError(f"An image of {size} pixels at {offset} does not fit into {wanted}.")
        pairs.append([offset, after])
    made = array_ops.pad(image, array_ops.stack([[0, 0]] * first + [array_ops.stack(p) for p in pairs] + [[0, 0]]))
    known = [n if isinstance(n, int) else None for n in (target_height, target_width)]
    made.set_shape([*image.shape.as_list()[:first], *known, image.shape.as_list()[-1]])
    return made


def resize_image_with_crop_or_pad(image, target_height, target_width):
    """The middle of an image, framed by zeros where it is too small."""
    wanted = target_height, target_width
    both = lambda n, m, whole, part: whole(n, m) if isinstance(n, int) and isinstance(m, int) else part(n, m)
    least = lambda n, m: both(n, m, min, minimum)
    most = lambda n: max(n, 0) if isinstance(n, int) else maximum(n, 0)
    found = sizes(image)
    cut = [most((n - m) // 2) for n, m in zip(found, wanted)]
    frame = [most((m - n) // 2) for n, m in zip(found, wanted)]
    part = crop_to_bounding_box(image, *cut, *(least(n, m) for n, m in zip(found, wanted)))
    return pad_to_bounding_box(part, *frame, *wanted)


resize_with_crop_or_pad = resize_image_with_crop_or_pad


def central_crop(image, central_fraction):
    """The middle part whose height and width are the share `central_fraction`, above 0 and at most 1, of the image's."""
    if is_tensor(central_fraction):
        central_fraction = cast(central_fraction, "float64")
    elif not 0.0 < central_fraction <= 1.0:
        raise ValueError("central_fraction must be within (0, 1]")
    image, _ = image_of(image)
    if isinstance(central_fraction, (int, float)) and central_fraction == 1.0:
        return image
    height, width = sizes(image)
    starts = [_start(n, central_fraction) for n in (height, width)]
    return crop_to_bounding_box(image, *starts, height - 2 * starts[0], width - 2 * starts[1])


def _start(size, fraction):
    if isinstance(size, int) and not is_tensor(fraction):
        return int((size - size * fraction) / 2)
    whole = cast(size, "float64")
    return cast((whole - whole * fraction) / 2, "int32")
