"""Distribution calibration against the published recipe, and where that recipe breaks."""

import numpy as np
import pytest

from crossglg.errors import ConfigError
from crossglg.oneshot import BaseStatistics, DistributionCalibration

WIDTH = 4


def make_base(rng, *, clips=40, classes=5, width=WIDTH):
    labels = np.repeat(np.arange(classes), clips)
    features = np.abs(rng.normal(size=(len(labels), width)) * 0.5 + labels[:, None])
    return BaseStatistics.collect(features, labels)


def publish(exemplar, base, *, k, alpha):
    """Mean and covariance of section 3 of the paper, written out slowly."""
    means, covariances = [], []
    for label in np.unique(base.labels):
        group = base.features[base.labels == label]
        means.append(group.mean(axis=0))
        covariances.append(np.cov(group, rowvar=False))
    order = np.argsort([np.linalg.norm(exemplar - mean) for mean in means])[:k]
    mean = (sum(means[i] for i in order) + exemplar) / (k + 1)
    return mean, sum(covariances[i] for i in order) / k + alpha


def test_paper_mode_draws_from_the_published_distribution():
    rng = np.random.default_rng(0)
    base, exemplar = make_base(rng), np.sqrt(np.abs(rng.normal(size=WIDTH)) + 1)
    calibration = DistributionCalibration(mode="paper", samples=200_000)
    drawn = calibration.draw(exemplar, base.group(base.features), rng)
    mean, covariance = publish(exemplar, base, k=2, alpha=0.21)
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.01)
    np.testing.assert_allclose(np.cov(drawn, rowvar=False), covariance, atol=0.01)


def test_safe_mode_spreads_its_share_over_all_directions():
    rng = np.random.default_rng(1)
    base, exemplar = make_base(rng), np.ones(WIDTH)
    calibration = DistributionCalibration(samples=200_000, alpha=0.4)
    drawn = calibration.draw(exemplar, base.group(base.features), rng)
    _, covariance = publish(exemplar, base, k=2, alpha=0.0)
    expected = 0.6 * covariance + 0.4 * np.trace(covariance) / WIDTH * np.eye(WIDTH)
    np.testing.assert_allclose(np.cov(drawn, rowvar=False), expected, atol=0.01)


def test_signed_features_are_refused_in_paper_mode_and_bent_in_safe_mode(make_features):
    rng = np.random.default_rng(2)
    query = make_features([[1, -1, 1, 1]])
    support = make_features(np.eye(4)[:2])
    with pytest.raises(ConfigError, match="not negative"):
        DistributionCalibration(mode="paper").scores(query, support, make_base(rng))
    assert np.isfinite(DistributionCalibration().scores(query, support, make_base(rng))).all()
    np.testing.assert_allclose(DistributionCalibration().bend(np.array([-4.0, 9])), [-2, 3])


@pytest.mark.parametrize("mode", ["safe", "paper"])
@pytest.mark.parametrize("clips", [1, 3])
def test_fewer_clips_than_features_do_no_harm(make_features, mode, clips):
    rng = np.random.default_rng(3)
    base = make_base(rng, clips=clips, width=16)
    clips = make_features(np.abs(rng.normal(size=(4, 16))))
    scores = DistributionCalibration(mode=mode, samples=20).scores(clips, clips, base)
    np.testing.assert_allclose(scores.sum(axis=1), 1)
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("classes", [0, 1])
def test_without_base_classes_safe_mode_takes_the_nearest_exemplar(make_features, classes):
    base = make_base(np.random.default_rng(4), classes=1) if classes else None
    support, query = make_features([[1, 0, 0, 0], [0, 1, 0, 0]]), make_features([[0.2, 0.9, 0, 0]])
    assert DistributionCalibration().scores(query, support, base).argmax() == 1
    with pytest.raises(ConfigError, match="2 base classes"):
        DistributionCalibration(mode="paper").scores(query, support, base)


def test_the_same_seed_gives_the_same_scores(make_features):
    rng = np.random.default_rng(5)
    base, clips = make_base(rng), make_features(np.abs(rng.normal(size=(3, WIDTH))))
    first, second = (DistributionCalibration().scores(clips, clips, base) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    "wrong", [{"neighbours": 0}, {"samples": 0}, {"power": 0.0}, {"alpha": -1.0}, {"alpha": 1.5}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ConfigError, match="expected"):
        DistributionCalibration(**wrong)


def test_an_alpha_above_one_is_a_variance_in_paper_mode():
    assert DistributionCalibration(mode="paper", alpha=1.5).alpha == 1.5
