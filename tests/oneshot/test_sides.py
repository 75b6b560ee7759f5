"""Mirror images of exemplars, and when they count."""

import numpy as np

from crossglg.oneshot.sides import let_either_side_count

ACTIONS = np.array([0, 1])


def test_a_mirror_image_that_is_no_other_action_counts():
    plain = np.array([[0.9, 0.5]], dtype=np.float32)  # the query looks more like action 1 ...
    mirrored = np.array([[0.1, 0.6]], dtype=np.float32)  # ... but is action 0 done by the left
    among = np.array([[0.4, 0.9], [0.8, 0.4]], dtype=np.float32)
    distances = let_either_side_count(plain, mirrored, among=among, actions=ACTIONS)
    np.testing.assert_allclose(distances, [[0.1, 0.5]])


def test_actions_that_are_each_others_mirror_image_stand_for_themselves():
    plain = np.array([[0.1, 0.5]], dtype=np.float32)
    mirrored = np.array([[0.5, 0.1]], dtype=np.float32)
    among = np.array([[0.6, 0.05], [0.05, 0.6]], dtype=np.float32)
    distances = let_either_side_count(plain, mirrored, among=among, actions=ACTIONS)
    np.testing.assert_allclose(distances, plain)


def test_a_second_exemplar_of_the_action_is_not_another_action():
    plain = np.array([[0.9, 0.9, 0.5]], dtype=np.float32)
    mirrored = np.array([[0.1, 0.9, 0.9]], dtype=np.float32)
    among = np.array([[0.6, 0.05, 0.9], [0.05, 0.6, 0.9], [0.9, 0.9, 0.4]], dtype=np.float32)
    actions = np.array([0, 0, 1])
    distances = let_either_side_count(plain, mirrored, among=among, actions=actions)
    np.testing.assert_allclose(distances, [[0.1, 0.9, 0.5]])


def test_one_action_alone_has_no_rival_for_its_mirror_image():
    one = np.array([[0.9]], dtype=np.float32)
    distances = let_either_side_count(one, one / 3, among=one, actions=np.array([0]))
    np.testing.assert_allclose(distances, one / 3)
