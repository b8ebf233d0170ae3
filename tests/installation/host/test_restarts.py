"""When a part is started again, and on what, under a clock that is given."""

from installation.eye.device_choice import CPU, TOGETHER, TRY_GPU_AGAIN_AFTER, DeviceChoice
from installation.host.restarts import Restarts

CUDA = "CUDAExecutionProvider"


def test_the_first_death_is_answered_at_once() -> None:
    restarts = Restarts("eye")
    restarts.died(started=0.0, now=100.0)
    assert restarts.next_at == 100.0


def test_quick_deaths_wait_longer_and_longer_but_it_is_never_given_up() -> None:
    restarts, now, waits = Restarts("eye"), 0.0, []
    for _ in range(1000):
        restarts.died(started=now, now=now + 1.0)
        waits.append(restarts.next_at - (now + 1.0))
        now = restarts.next_at
    assert waits[:8] == [0, 0.5, 1, 2, 4, 8, 16, 30]
    assert set(waits[8:]) == {30}


def test_a_settled_life_is_forgiven() -> None:
    restarts = Restarts("eye")
    for now in (1.0, 2.0, 3.0):
        restarts.died(started=now - 1, now=now)
    restarts.died(started=10.0, now=60.0)
    assert restarts.next_at == 60.0


def test_deadlines_double_with_each_quick_death_and_a_quiet_minute_is_forgiven() -> None:
    restarts, patience = Restarts("eye"), []
    for now in range(7):
        patience.append(restarts.patience(started=float(now), now=now + 1.0))
        restarts.died(started=float(now), now=now + 1.0)
    assert patience == [1, 2, 4, 8, 16, 16, 16]
    assert restarts.patience(started=7.0, now=66.0) == 16
    assert restarts.patience(started=7.0, now=68.0) == 1


def test_one_failure_on_the_gpu_is_answered_by_a_restart_on_the_gpu() -> None:
    choice = DeviceChoice("auto")
    choice.failed(CUDA, 10.0)
    assert choice.next_device(10.0) == "auto"


def test_a_gpu_that_fails_again_gives_way_to_the_cpu_and_is_tried_again_ten_minutes_later() -> None:
    choice = DeviceChoice("auto")
    choice.failed(CUDA, 10.0)
    choice.failed(CUDA, 20.0)
    assert choice.next_device(20.0) == "cpu"
    assert not choice.trial_due(20.0 + TRY_GPU_AGAIN_AFTER - 1)
    assert choice.trial_due(20.0 + TRY_GPU_AGAIN_AFTER)
    assert choice.next_device(20.0 + TRY_GPU_AGAIN_AFTER) == "auto"
    assert not choice.trial_due(20.0 + TRY_GPU_AGAIN_AFTER)


def test_a_trial_that_fails_leaves_the_cpu_for_ten_minutes_more() -> None:
    choice = DeviceChoice("auto", on_cpu_until=100.0)
    assert choice.next_device(100.0) == "auto"
    choice.trial_failed(105.0)
    assert choice.next_device(106.0) == "cpu"
    assert choice.trial_due(105.0 + TRY_GPU_AGAIN_AFTER)


def test_two_failures_far_apart_are_two_accidents() -> None:
    choice = DeviceChoice("auto")
    choice.failed(CUDA, 10.0)
    choice.failed(CUDA, 11.0 + TOGETHER)
    assert choice.next_device(12.0 + TOGETHER) == "auto"


def test_an_eye_that_dies_before_it_says_what_it_runs_on_may_have_died_of_the_gpu() -> None:
    choice = DeviceChoice("auto")
    choice.failed("", 10.0)
    choice.failed("", 11.0)
    assert choice.next_device(11.0) == "cpu"


def test_failures_on_the_cpu_are_not_the_gpus_fault() -> None:
    choice = DeviceChoice("auto")
    for now in range(10):
        choice.failed(CPU, float(now))
    assert choice.next_device(10.0) == "auto"


def test_a_venue_that_insists_on_cuda_is_given_the_cpu_too_rather_than_no_eye() -> None:
    choice = DeviceChoice("cuda")
    choice.failed(CUDA, 0.0)
    assert choice.next_device(1.0) == "cuda"
    choice.failed(CUDA, 2.0)
    assert choice.next_device(3.0) == "cpu"
    assert choice.next_device(2.0 + TRY_GPU_AGAIN_AFTER) == "cuda"


def test_a_venue_that_asks_for_the_cpu_is_never_given_the_gpu() -> None:
    choice = DeviceChoice("cpu")
    choice.failed(CUDA, 0.0)
    choice.failed(CUDA, 1.0)
    assert choice.next_device(2.0) == "cpu"
    assert not choice.trial_due(TRY_GPU_AGAIN_AFTER * 2)
