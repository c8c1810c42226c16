"""A node's report about itself."""

from threading import Thread

from tank_core.health import Health, Level


def part(health, name, now):
    return next(report for report in health.report(now) if report.part == name)


def test_a_state_stays_and_its_values_are_texts():
    health = Health()
    health.set("model", Level.WARN, "slow", latency=0.25, name="nano")
    for now in (0.0, 100.0):
        report = part(health, "model", now)
        assert (report.level, report.message, report.values) == (
            Level.WARN,
            "slow",
            {"latency": "0.25", "name": "nano"},
        )


def test_an_event_is_counted_for_good_and_shown_for_a_while():
    health = Health(hold=5.0)
    health.set("cmd_vel", Level.OK, "fine")
    health.event("cmd_vel", "refused", "NaN", 10.0)
    assert (part(health, "cmd_vel", 12.0).level, part(health, "cmd_vel", 12.0).message) == (
        Level.WARN,
        "NaN",
    )
    later = part(health, "cmd_vel", 20.0)
    assert (later.level, later.message, later.values) == (Level.OK, "fine", {"refused": "1"})
    assert health.count("cmd_vel", "refused") == 1 and health.count("odom", "refused") == 0


def test_an_event_does_not_hide_a_worse_state():
    health = Health()
    health.set("robot", Level.ERROR, "gone")
    health.event("robot", "clamped", "too fast", 0.0)
    assert part(health, "robot", 1.0).message == "gone"


def test_the_log_gets_an_event_once_in_a_while_and_each_kind_by_itself():
    health = Health(hold=5.0)
    assert health.event("a", "x", "m", 0.0)
    assert not health.event("a", "x", "m", 4.9)
    assert health.event("a", "y", "m", 4.9)
    assert health.event("a", "x", "m", 5.0)
    assert health.count("a", "x") == 3


def test_rates_are_those_since_the_last_report():
    health = Health()
    health.report(0.0)
    for _ in range(100):
        health.tick("robot", "odom")
    assert part(health, "robot", 2.0).values == {"odom rate [Hz]": "50.0"}
    assert part(health, "robot", 4.0).values == {"odom rate [Hz]": "0.0"}


def test_nothing_is_lost_between_threads():
    health, threads = Health(), 4

    def work():
        for _ in range(500):
            health.event("a", "x", "m", 0.0)

    workers = [Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert health.count("a", "x") == 500 * threads


def test_while_nobody_asks_rates_count_from_the_last_time_that_nobody_asked():
    health = Health()
    health.report(0.0)
    for _ in range(50):
        health.tick("robot", "control")
    health.unasked(100.0)
    for _ in range(20):
        health.tick("robot", "control")
    (part,) = health.report(101.0)
    assert part.values["control rate [Hz]"] == "20.0"
