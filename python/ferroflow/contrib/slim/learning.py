"""`tf.contrib.slim.learning`: a loop of training."""

from ...later import absent as _absent
from ... import logging
from ...train import Supervisor, get_global_step
from ..training import (
    add_gradients_summaries,
    clip_gradient_norms,
    create_train_op as _create_train_op,
    multiply_gradients,
)

__all__ = ["add_gradients_summaries", "clip_gradient_norms", "create_train_op", "multiply_gradients", "train"]
_DEFAULT = Supervisor.USE_DEFAULT


def create_train_op(
    total_loss,
    optimizer,
    global_step=_DEFAULT,
    update_ops=None,
    variables_to_train=None,
    clip_gradient_norm=0,
    summarize_gradients=False,
    gate_gradients=1,
    aggregation_method=None,
    colocate_gradients_with_ops=False,
    gradient_multipliers=None,
    check_numerics=True,
):
    """`tf.contrib.training.create_train_op`, with gradients of at most the norm `clip_gradient_norm`, unless that is 0,
    after they were multiplied by `gradient_multipliers`."""

    def transform(pairs):
        if gradient_multipliers:
            pairs = multiply_gradients(pairs, gradient_multipliers)
        return clip_gradient_norms(pairs, clip_gradient_norm) if clip_gradient_norm > 0 else pairs

    counted = {} if global_step is _DEFAULT else {"global_step": global_step}
    return _create_train_op(
        total_loss,
        optimizer,
        update_ops=update_ops,
        variables_to_train=variables_to_train,
        transform_grads_fn=transform,
        summarize_gradients=summarize_gradients,
        check_numerics=check_numerics,
        **counted,
    )


def train(
    train_op,
    logdir,
    train_step_fn=None,
    train_step_kwargs=None,
    log_every_n_steps=1,
    graph=None,
    master="",
    is_chief=True,
    global_step=None,
    number_of_steps=None,
    init_op=_DEFAULT,
    init_feed_dict=None,
    local_init_op=_DEFAULT,
    init_fn=None,
    ready_op=_DEFAULT,
    summary_op=_DEFAULT,
    save_summaries_secs=600,
    summary_writer=_DEFAULT,
    startup_delay_steps=0,
    saver=None,
    save_interval_secs=600,
    sync_optimizer=None,
    session_config=None,
    session_wrapper=None,
    trace_every_n_steps=None,
    ignore_live_threads=False,
):
    """Runs `train_op` until the global step is `number_of_steps`, with checkpoints and summaries in `logdir`; gives the last
    loss. `train_step_fn(session, train_op, global_step, train_step_kwargs)`, which gives the loss and whether to stop, may
    take the place of a run."""
    step = get_global_step(graph) if global_step is None else global_step
    supervisor = Supervisor(
        graph,
        init_op=init_op,
        init_feed_dict=init_feed_dict,
        local_init_op=local_init_op,
        logdir=logdir,
        summary_op=summary_op,
        saver=_DEFAULT if saver is None else saver,
        global_step=step,
        save_summaries_secs=save_summaries_secs,
        save_model_secs=save_interval_secs,
        summary_writer=summary_writer,
        init_fn=init_fn,
    )
    loss = None
    with supervisor.managed_session(master, session_config) as session:
        done = int(session.run(step))
        while not supervisor.should_stop() and (number_of_steps is None or done < number_of_steps):
            if train_step_fn is not None:
                loss, stop = train_step_fn(session, train_op, step, train_step_kwargs or {})
                if stop:
                    break
            else:
                loss = session.run(train_op)
            done = int(session.run(step))
            if log_every_n_steps and done % log_every_n_steps == 0:
                logging.info("global step %d: loss = %.4f", done, loss)
        if supervisor.saver is not None and logdir:
            supervisor.saver.save(session, supervisor.save_path, global_step=step)
    return loss


__getattr__ = _absent(__name__)
