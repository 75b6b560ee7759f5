"""Random numbers by address: those of any clip at once, whatever other clips stand beside it.

A generator hands out numbers in turn, so what a clip gets depends on who asked before it, and a
generator per clip costs more than the numbers. Here a number is a hash of a key and its place:
SplitMix64 (Steele et al., OOPSLA 2014), which is a counter run through a mixing function and so
gives all places at the same time.
"""

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

# SplitMix64's own numbers; ``training.chance_on_device`` hashes with them, too.
STEP = 0x9E3779B97F4A7C15
ROUNDS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
"""How far each round of mixing shifts, and by what it multiplies."""
LAST_SHIFT = 31


def make_keys(*parts: int | NDArray[np.integer]) -> Keys:
    """One key per entry of the parts, broadcast against each other; order matters."""
    key: Keys = np.zeros((1,), dtype=np.uint64)
    for part in parts:
        key = _mix(key ^ np.asarray(part).astype(np.uint64))
    return key


def draw_uniform(keys: Keys, count: int) -> NDArray[np.float64]:
    """(N) keys -> (N count) numbers in [0, 1)."""
    return (_draw_bits(keys, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def draw_normal(keys: Keys, count: int) -> NDArray[np.float32]:
    """(N) keys -> (N count) numbers of mean 0 and deviation 1, by Box and Muller in pairs."""
    bits = _draw_bits(keys, (count + 1) // 2)
    # 24 bits are what a float32 holds; the half keeps the logarithm from zero.
    first = ((bits >> np.uint64(40)).astype(np.float32) + np.float32(0.5)) * np.float32(2**-24)
    turn = (bits & np.uint64(0xFFFFFF)).astype(np.float32) * np.float32(2 * np.pi * 2**-24)
    length = np.sqrt(np.float32(-2) * np.log(first))
    numbers = np.empty((len(keys), 2 * bits.shape[1]), dtype=np.float32)
    np.multiply(length, np.cos(turn), out=numbers[:, : bits.shape[1]])
    np.multiply(length, np.sin(turn), out=numbers[:, bits.shape[1] :])
    return numbers[:, :count]


def _draw_bits(keys: Keys, count: int) -> Keys:
    return _mix(keys[:, None] + np.arange(count, dtype=np.uint64) * np.uint64(STEP))


def _mix(values: Keys) -> Keys:
    mixed = values + np.uint64(STEP)
    for shift, factor in ROUNDS:
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    mixed ^= mixed >> np.uint64(LAST_SHIFT)
    return mixed
