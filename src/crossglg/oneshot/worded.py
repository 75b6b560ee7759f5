"""Matchers that are told about the novel classes in words: another regime than CrossGLG's.

CrossGLG recognises without any text. These need the name (APSR) or a description (as SkelHCC
does) of every novel class at test time; tables mark them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossglg.oneshot.distances import normalise_rows, point_joints, weighted_joint_distances
from crossglg.oneshot.features import ClipFeatures
from crossglg.skeleton.layout import Layout


@dataclass(frozen=True, eq=False)
class NovelWords:
    """What words say about K novel classes, in the order of the protocol.

    Attributes:
        key_joints: (K V) from each class's description; rows sum to one.
        name_relevance: (K V) from the likeness of the class's name to body part names.
    """

    key_joints: NDArray[np.float32]
    name_relevance: NDArray[np.float32]


WordedMatcher = Callable[
    [ClipFeatures, ClipFeatures, NovelWords, NDArray[np.int64]], NDArray[np.float32]
]
"""(Q) queries, (S) exemplars, words, class position of each exemplar (S) -> distances (Q S)."""


def match_described_joints(
    query: ClipFeatures, support: ClipFeatures, words: NovelWords, classes: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Joint by joint, weighted by the key joints that the exemplar's class description names."""
    return _match_weighted(query, support, words.key_joints[classes])


def match_named_parts(
    query: ClipFeatures, support: ClipFeatures, words: NovelWords, classes: NDArray[np.int64]
) -> NDArray[np.float32]:
    """APSR: body parts weighted by how near their names are to the action's name.

    Source: Liu et al., NTU RGB+D 120, TPAMI 2019, section 4; here on any encoder's features.
    """
    return _match_weighted(query, support, words.name_relevance[classes])


def relevance_of_names(
    actions: NDArray[np.float32], parts: NDArray[np.float32], layout: Layout
) -> NDArray[np.float32]:
    """Word vectors of K action names (K W) and of the layout's parts (P W) -> (K V).

    A part's relevance, the softmax of cosines over the parts, is shared out among its joints.
    """
    likeness = normalise_rows(actions) @ normalise_rows(parts).T  # (K P)
    shares = np.exp(likeness - likeness.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    weights = np.zeros((len(actions), layout.joint_count), dtype=np.float32)
    for column, joints in enumerate(layout.parts.values()):
        for joint in joints:
            weights[:, layout.index(joint)] = shares[:, column] / len(joints)
    return weights


def _match_weighted(
    query: ClipFeatures, support: ClipFeatures, weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    return weighted_joint_distances(
        point_joints(query.joints),
        point_joints(support.joints),
        query_weights=np.zeros_like(query.importance),
        support_weights=weights,
    )


WORDED: dict[str, WordedMatcher] = {
    "described": match_described_joints,
    "apsr": match_named_parts,
}
