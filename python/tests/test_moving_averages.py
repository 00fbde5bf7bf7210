"""Moving averages of variables and other tensors."""

import pytest

import ferroflow as tf


def test_variables_are_followed_from_their_values():
    v = tf.Variable(1.0, name="v")
    averages = tf.train.ExponentialMovingAverage(0.5)
    assert averages.average(v) is None and averages.average_name(v) == "v/ExponentialMovingAverage"
    update = averages.apply([v])
    shadow = averages.average(v)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(v.assign(3.0))
        session.run(update)
        assert session.run(shadow) == 2.0
        session.run(shadow.initializer)
        assert session.run(shadow) == 3.0
    assert shadow.op.name == "v/ExponentialMovingAverage" and tf.moving_average_variables() == [v]
    assert update.name == averages.name == "ExponentialMovingAverage"
    averages.apply([v])
    assert averages.average(v) is shadow and tf.global_variables() == [v, shadow]
    with pytest.raises(TypeError, match="The variables must be half, float, or double: Const:0"):
        averages.apply([tf.constant(1)])


@pytest.mark.parametrize("zero_debias, expected", [(False, [1.0, 1.5, 1.75]), (True, [2.0, 2.0, 2.0])])
def test_tensors_are_followed_from_zero(zero_debias, expected):
    x = tf.placeholder(tf.float32, [], name="x")
    averages = tf.train.ExponentialMovingAverage(0.5, zero_debias=zero_debias, name="avg")
    with tf.name_scope("scope"):
        y = tf.multiply(x, 2.0, name="y")
        update = averages.apply([y])
    assert update.name == "scope/avg" and averages.average_name(y) == averages.average(y).op.name == "scope/y/avg"
    own = ["scope/y/avg/biased", "scope/y/avg/local_step"] if zero_debias else []
    assert [v.op.name for v in tf.global_variables()] == ["scope/y/avg", *own]
    assert tf.moving_average_variables() == []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = []
        for _ in range(3):
            session.run(update, {x: 1.0})
            found.append(session.run(averages.average(y)))
    assert found == expected


def test_early_updates_are_larger():
    v, n = tf.Variable(0.0), tf.placeholder(tf.int32, [])
    averages = tf.train.ExponentialMovingAverage(0.9, num_updates=n)
    update = averages.apply()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(v.assign(10.0))
        session.run(update, {n: 0})
        assert session.run(averages.average(v)) == 9.0


def test_what_is_restored_under_which_name():
    v = tf.Variable(1.0, name="v")
    w = tf.Variable(1.0, name="w", trainable=False)
    averages = tf.train.ExponentialMovingAverage(0.5, name="avg")
    averages.apply([v])
    assert averages.variables_to_restore() == {"v/avg": v, "w": w}
    assert averages.variables_to_restore([v, w]) == {"v/avg": v, "w/avg": w}


def test_shadows_are_restored_as_what_they_follow(tmp_path):
    v = tf.Variable(1.0, name="v")
    averages = tf.train.ExponentialMovingAverage(0.5)
    averages.apply([v])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        averages.average(v).load(7.0, session)
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
    with tf.Session() as session:
        tf.train.Saver(averages.variables_to_restore()).restore(session, path)
        assert session.run(v) == 7.0


@pytest.mark.parametrize("zero_debias, expected", [(False, [9.2, 8.68]), (True, [2.0, 0.58 / 0.19])])
def test_a_variable_moves_towards_values(zero_debias, expected):
    from ferroflow.moving_averages import assign_moving_average

    average, value = tf.Variable(10.0, name="average"), tf.placeholder(tf.float32, [])
    update = assign_moving_average(average, value, 0.9, zero_debias)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(update, {value: 2.0}) == pytest.approx(expected[0])
        assert session.run(update, {value: 4.0}) == pytest.approx(expected[1])
        assert session.run(average) == pytest.approx(expected[1])
    added = ["average/biased", "average/local_step"] if zero_debias else []
    assert [v.op.name for v in tf.global_variables()] == ["average", *added]
