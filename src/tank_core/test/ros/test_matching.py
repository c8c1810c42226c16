"""Topics that do not join: as DDS matches, and the sentence about it."""

from hypothesis import given
from hypothesis import strategies as st

from tank_core.ros.matching import TWIST, TWIST_STAMPED, Endpoint, lacking, matches, mismatches

SIM, TELEOP = "/sim_node", "/teleop_twist_keyboard"
endpoint = st.builds(
    Endpoint, st.sampled_from(["/a", "/b", SIM]), st.sampled_from([TWIST, TWIST_STAMPED]),
    st.booleans(), st.booleans(),
    st.sampled_from([0.1, 1.0]), st.booleans(), st.sampled_from([0.1, 1.0]),
)  # fmt: skip


@given(st.lists(endpoint, max_size=4), st.lists(endpoint, max_size=4))
def test_a_sentence_stands_for_each_pair_of_nodes_that_is_not_joined(publishers, subscribers):
    told = mismatches("/x", publishers, subscribers, {SIM})
    wrong = {
        (publisher, node)
        for publisher in publishers
        for node in {end.node for end in subscribers}
        if SIM in (publisher.node, node)
        and not any(matches(publisher, end) for end in subscribers if end.node == node)
    }
    assert bool(told) == bool(wrong) and len(told) <= len(wrong)
    for publisher, node in wrong:
        assert any(
            text.startswith(f"{publisher.node} publishes /x as ") and f", {node} hears " in text
            for text in told
        )
    assert all("\n" not in text and "; let " in text for text in told)


@given(endpoint, endpoint)
def test_what_is_lacking_is_what_keeps_two_of_a_type_apart(publisher, subscriber):
    assert matches(publisher, subscriber) == (
        publisher.kind == subscriber.kind and lacking(publisher, subscriber) == []
    )
    assert lacking(publisher, publisher) == []


def test_a_twist_beside_a_stamped_stack_is_named_with_both_cures():
    (text,) = mismatches(
        "/cmd_vel", [Endpoint(TELEOP, TWIST)], [Endpoint(SIM, TWIST_STAMPED)], {SIM}
    )
    assert text == (
        f"{TELEOP} publishes /cmd_vel as {TWIST}, {SIM} hears {TWIST_STAMPED} alone: nothing "
        "arrives; "
        f"let {TELEOP} publish {TWIST_STAMPED}, or start Tank with --twist (stamped_cmd_vel:=false)"
    )
    (text,) = mismatches(
        "/cmd_vel", [Endpoint(TELEOP, TWIST_STAMPED)], [Endpoint(SIM, TWIST)], {SIM}
    )
    assert "start Tank without --twist" in text
    (text,) = mismatches(
        "/cmd_vel",
        [Endpoint("/executor_node", TWIST_STAMPED)],
        [Endpoint(TELEOP, TWIST)],
        {"/executor_node"},
    )
    assert f"let {TELEOP} subscribe {TWIST_STAMPED}, or start Tank with --twist" in text


def test_a_strict_listener_of_ours_is_the_one_who_changes():
    image = "sensor_msgs/msg/Image"
    (text,) = mismatches(
        "/camera/image_raw",
        [Endpoint(SIM, image, reliable=False)],
        [Endpoint("/rviz", image)],
        {SIM},
    )
    assert text.endswith(
        "as best effort, /rviz hears reliable alone: nothing arrives; let /rviz subscribe best "
        "effort"
    )


def test_a_second_subscription_that_hears_it_is_enough():
    ends = [Endpoint(SIM, TWIST), Endpoint(SIM, TWIST, reliable=False)]
    assert mismatches("/cmd_vel", [Endpoint(TELEOP, TWIST, reliable=False)], ends, {SIM}) == []


def test_strangers_among_themselves_are_nobodys_business():
    assert mismatches("/x", [Endpoint("/a", TWIST)], [Endpoint("/b", TWIST_STAMPED)], {SIM}) == []
