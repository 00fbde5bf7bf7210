"""Batch normalisation as a layer."""

from . import nn
from .array_ops import concat, ones_like, reshape, shape, zeros_like
from .default_graph import control_dependencies, name_scope
from .framework import convert_to_tensor
from .initializers import Ones, Zeros
from .layers import Layer, _choose_by, _function
from .math_ops import identity, maximum, minimum, sqrt, square, stop_gradient
from .reductions import reduce_mean


class BatchNormalization(Layer):
    """Batch normalisation (Ioffe and Szegedy 2015): in training by the batch's mean and variance, of which moving averages
    are kept by the operations in `UPDATE_OPS`, otherwise by those.

    With `renorm` (Ioffe 2017) what is normalised by the batch is brought, by a factor and a shift without derivatives, to what
    slower averages, `renorm_mean` and `renorm_stddev` with their weights, would make of it; `renorm_clipping` bounds the
    factor by `rmin` and `rmax` and the shift by `dmax`. With `virtual_batch_size` parts of so many examples are normalised by
    their own mean and variance. `adjustment(shape)` gives a factor and a shift that apply in training before `gamma` and
    `beta`. Raises `ValueError` for inputs of unknown rank or channels, and for settings that exclude one another.
    """

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer=Zeros(),
        gamma_initializer=Ones(),
        moving_mean_initializer=Zeros(),
        moving_variance_initializer=Ones(),
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        renorm=False,
        renorm_clipping=None,
        renorm_momentum=0.99,
        fused=None,
        trainable=True,
        virtual_batch_size=None,
        adjustment=None,
        name=None,
        **kwargs,
    ):
        super().__init__(trainable=trainable, name=name, **kwargs)
        self.axis, self.momentum, self.epsilon, self.center, self.scale = axis, momentum, epsilon, center, scale
        self._beta = dict(initializer=beta_initializer, regularizer=beta_regularizer, constraint=beta_constraint)
        self._gamma = dict(initializer=gamma_initializer, regularizer=gamma_regularizer, constraint=gamma_constraint)
        self._mean, self._variance = moving_mean_initializer, moving_variance_initializer
        self.renorm, self.renorm_clipping, self.renorm_momentum = renorm, renorm_clipping or {}, renorm_momentum
        self.virtual_batch_size, self.adjustment = virtual_batch_size, adjustment
        self.gamma = self.beta = None
        keys = ("rmax", "rmin", "dmax")
        if renorm and not set(self.renorm_clipping) <= set(keys):
            raise ValueError(f"renorm_clipping {renorm_clipping} contains keys not in {keys}")
        if virtual_batch_size is not None and (renorm or adjustment is not None):
            raise ValueError("When using virtual_batch_size, renorm and adjustment cannot be used")
        if fused and (renorm or virtual_batch_size is not None or adjustment is not None):
            raise ValueError("Passing fused=True is not supported with renorm, virtual_batch_size or adjustment")

    def build(self, input_shape):
        rank = input_shape.ndims
        if rank is None:
            raise ValueError("Input of a BatchNormalization layer has undefined rank.")
        if isinstance(self.axis, (list, tuple)) and len(self.axis) == 1:
            self.axis = self.axis[0]
        if not isinstance(self.axis, int):
            raise TypeError(f"axis must be int or a list of one, found {self.axis}")
        if not -rank <= self.axis < rank:
            raise ValueError(f"Invalid axis: {self.axis}")
        self._at = self.axis % rank
        size = [input_shape[self._at].value]
        if size == [None]:
            raise ValueError(f"The size of axis {self.axis} of the inputs must be known, found {input_shape}")
        if self.scale:
            self.gamma = self.add_variable("gamma", size, **self._gamma)
        if self.center:
            self.beta = self.add_variable("beta", size, **self._beta)
        self.moving_mean = self.add_variable("moving_mean", size, initializer=self._mean, trainable=False)
        self.moving_variance = self.add_variable("moving_variance", size, initializer=self._variance, trainable=False)
        if self.renorm:
            kept = lambda name, shape: self.add_variable(name, shape, initializer=Zeros(), trainable=False)
            self.renorm_mean, self.renorm_mean_weight = kept("renorm_mean", size), kept("renorm_mean_weight", [])
            self.renorm_stddev = kept("renorm_stddev", size)
            self.renorm_stddev_weight = kept("renorm_stddev_weight", [])

    def call(self, inputs, training=False):
        if self.virtual_batch_size is None:
            return self._normalised(inputs, training, self._at, ())
        sizes = shape(inputs)
        parts = reshape(inputs, concat([[self.virtual_batch_size, -1], sizes[1:]], 0))
        parts.set_shape([self.virtual_batch_size, None, *inputs.shape.as_list()[1:]])
        outputs = reshape(self._normalised(parts, training, self._at + 1, (1,)), sizes)
        outputs.set_shape(inputs.shape)
        return outputs

    def _normalised(self, inputs, training, at, apart):
        """The inputs, along `at` normalised over all other dimensions but those `apart`."""
        rank = inputs.shape.ndims
        form = [1] * rank
        form[at] = -1
        spread = lambda v: v if v is None or at == rank - 1 else reshape(v, form)
        scale, offset = spread(self.gamma), spread(self.beta)
        if training is False or training is None:
            means = spread(self.moving_mean), spread(self.moving_variance)
            return nn.batch_normalization(inputs, *means, offset, scale, self.epsilon)
        chosen = lambda yes, no: yes if training is True else _choose_by(training, yes, no)
        axes = [i for i in range(rank) if i != at and i not in apart]
        if self.adjustment is not None:
            factor, shift = map(convert_to_tensor, self.adjustment(shape(inputs)))
            factor, shift = chosen(factor, ones_like(factor)), chosen(shift, zeros_like(shift))
            scale, offset = _then(factor, shift, scale, offset)
        if apart:
            found = nn.moments(inputs, axes, keep_dims=True)
            moving = [spread(v) + zeros_like(m) for v, m in zip((self.moving_mean, self.moving_variance), found)]
            mean, variance = (chosen(m, v) for m, v in zip(found, moving))
            new = [reshape(reduce_mean(m, 1), [-1]) for m in (mean, variance)]
        else:
            found = nn.moments(inputs, axes)
            new = mean, variance = [chosen(m, v) for m, v in zip(found, (self.moving_mean, self.moving_variance))]
            if self.renorm:
                r, d, *new = self._corrected(mean, variance, chosen)
                new = [chosen(m, v) for m, v in zip(new, (self.moving_mean, self.moving_variance))]
                scale, offset = _then(spread(r), spread(d), scale, offset)
            mean, variance = spread(mean), spread(variance)
        for kept, value in zip((self.moving_mean, self.moving_variance), new):
            with name_scope("AssignMovingAvg"):
                self.add_update(kept.assign_sub((kept - value) * (1 - self.momentum)))
        return nn.batch_normalization(inputs, mean, variance, offset, scale, self.epsilon)

    def _corrected(self, mean, variance, chosen):
        """The factor and the shift of renormalisation, and the mean and the variance that moving averages are to follow."""
        stddev = sqrt(variance + self.epsilon)
        # The averages, as if they had begun with this batch.
        slow_mean = self.renorm_mean + (1.0 - self.renorm_mean_weight) * mean
        slow_stddev = self.renorm_stddev + (1.0 - self.renorm_stddev_weight) * stddev
        r, d = stddev / slow_stddev, (mean - slow_mean) / slow_stddev
        with control_dependencies([r, d]):
            mean, stddev = identity(mean), identity(stddev)
            followed = [
                self._followed(self.renorm_mean, self.renorm_mean_weight, mean, chosen),
                self._followed(self.renorm_stddev, self.renorm_stddev_weight, stddev, chosen),
            ]
        bounds = self.renorm_clipping
        r = r if bounds.get("rmin") is None else maximum(r, bounds["rmin"])
        r = r if bounds.get("rmax") is None else minimum(r, bounds["rmax"])
        d = d if bounds.get("dmax") is None else minimum(maximum(d, -bounds["dmax"]), bounds["dmax"])
        r, d = stop_gradient(chosen(r, ones_like(r))), stop_gradient(chosen(d, zeros_like(d)))
        return r, d, followed[0], square(followed[1]) - self.epsilon

    def _followed(self, average, weight, value, chosen):
        """A slow average after this batch, freed of the zero that it began with; outside of training it stays."""
        rate = 1 - self.renorm_momentum
        step = chosen(value, identity(average)), chosen(convert_to_tensor(1.0, weight.dtype), identity(weight))
        moved = average.assign_sub((average - step[0]) * rate), weight.assign_sub((weight - step[1]) * rate)
        return moved[0] / moved[1]


def _then(scale, offset, then_scale, then_offset):
    """A factor and a shift, and others after them, either of which may be `None`, in one."""
    if then_scale is not None:
        scale, offset = scale * then_scale, offset * then_scale
    return scale, offset if then_offset is None else offset + then_offset


batch_normalization = _function(BatchNormalization, BatchNormalization.__doc__, ("training",))
