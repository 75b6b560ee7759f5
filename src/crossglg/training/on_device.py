"""Batches whose points are varied where the model is trained.

The processor decides how (``Variation``: a kilobyte or two a clip), as it does everywhere; a GPU
that holds all frames takes, turns, shakes and mirrors them. Nothing but these tables is sent, and
clips come out as ``vary_packed`` makes them, to rounding.

A GPU is told of this in some sixty calls, which take as long for many clips as for few, and so does
the sending: the clips of several batches are varied in one go.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from crossglg.skeleton.augment_packed import Variation, person_keys, throw
from crossglg.training.batches import BalancedBatches, Batch, Draws, TrainingClips
from crossglg.training.chance_on_device import draw_normal

_ROOM = 0.25
"""Share of a GPU's free memory that frames may fill."""

_CLIPS_AT_ONCE = 1024


@dataclass(frozen=True)
class Plan:
    """How the clips of a batch come out, for P persons.

    Attributes:
        before, after: (P T) rows on both sides of each moment.
        share: (P T) how much of the way it is.
        view: (P 3 3) turn and scale.
        source: (P V) the joint that is taken in the place of each.
        mirrored: (P).
        keys: (P) of the noise.
        place: (P) whose place in the batch, clip by clip.
        labels: (N) of the clips.
    """

    before: Int[Tensor, "P T"]
    after: Int[Tensor, "P T"]
    share: Float[Tensor, "P T"]
    view: Float[Tensor, "P 3 3"]
    source: Int[Tensor, "P V"]
    mirrored: Bool[Tensor, " P"]
    keys: Int[Tensor, " P"]
    place: Int[Tensor, " P"]
    labels: Int[Tensor, " N"]

    def to(self, device: torch.device) -> "Plan":
        """The same on another device; pinned ones are sent along without waiting."""
        return Plan(*(part.to(device, non_blocking=True) for part in vars(self).values()))

    def pin_memory(self) -> "Plan":
        """The same where a GPU reads by itself."""
        return Plan(*(part.pin_memory() for part in vars(self).values()))


class Lots(Sampler[Draws]):
    """The draws of several batches at a time: of one at first, which nobody waits for long."""

    def __init__(self, batches: BalancedBatches) -> None:
        self.batches = batches
        self.most = max(1, _CLIPS_AT_ONCE // batches.batch_size)

    def __iter__(self) -> Iterator[Draws]:
        """Batch after batch, in their order."""
        batches, count = iter(self.batches), 1
        while lot := list(islice(batches, count)):
            count = min(2 * count, self.most)
            yield Draws(
                np.concatenate([draws.clips for draws in lot]),
                lot[0].epoch,
                np.concatenate([draws.places for draws in lot]),
            )


class PlannedClips(Dataset[Plan]):
    """``TrainingClips`` of which only the plan is made."""

    def __init__(self, clips: TrainingClips) -> None:
        self.clips = clips
        # The dice of the noise are thrown on the device.
        self.strength = replace(clips.strength, noise=0.0)

    def __len__(self) -> int:
        """Number of clips, mirrored ones included."""
        return len(self.clips)

    def __getitem__(self, draws: Draws) -> Plan:
        """How N clips come out."""
        clips, keys, mirrored = self.clips.find(draws)
        dice = throw(clips, keys, strength=self.strength, frame_count=self.clips.frame_count)
        plan = Variation.plan(clips, dice, mirrored=mirrored, strength=self.strength)
        persons, moments = plan.persons, plan.moments
        tables = (
            moments.before,
            moments.after,
            moments.share,
            plan.view,
            plan.source,
            plan.mirrored,
            person_keys(keys, persons).view(np.int64),
            persons.owner * self.clips.base.max_persons + persons.number,
            self.clips.labels[draws.clips],
        )
        return Plan(*(torch.from_numpy(table) for table in tables))


class BatchesOnDevice:
    """What ``plans`` say, done on a device to the rows of all clips.

    Args:
        plans: Of ``PlannedClips``, each of one batch or of several.
        clips: The clips they are of.
        batch_size: Clips per batch.
        device: Where; their rows are copied to it.
    """

    def __init__(
        self, plans: Iterable[Plan], clips: TrainingClips, *, batch_size: int, device: torch.device
    ) -> None:
        self.plans, self.batch_size, self.device = plans, batch_size, device
        self.rows = torch.from_numpy(np.asarray(clips.base.clips.rows)).to(device)
        self.noise, self.max_persons = clips.strength.noise, clips.base.max_persons

    def __iter__(self) -> Iterator[Batch]:
        """Varied batches, on the device."""
        for plan in self.plans:
            there = plan.to(self.device)
            lot = vary_rows(self.rows, there, noise=self.noise, max_persons=self.max_persons)
            yield from lot.split(self.batch_size)


def vary_rows(rows: Float[Tensor, "R V 3"], plan: Plan, *, noise: float, max_persons: int) -> Batch:
    """The points of all clips -> the batch that the plan describes."""
    share = plan.share[..., None, None]
    joints = rows[plan.before] * (1 - share) + rows[plan.after] * share
    # Three sums in place of a product of matrices, which a GPU may round to ten bits.
    joints = (joints.unsqueeze(-2) * plan.view[:, None, None]).sum(dim=-1)
    if noise:
        joints = joints + noise * draw_normal(plan.keys, joints[0].numel()).view(joints.shape)
    joints = joints.gather(2, plan.source[:, None, :, None].expand(joints.shape))
    sign = torch.where(plan.mirrored, -1.0, 1.0)[:, None, None, None]
    joints = torch.cat([joints[..., :1] * sign, joints[..., 1:]], dim=-1)
    shape = (len(plan.labels), max_persons, *joints.shape[1:])
    spread = joints.new_zeros(shape).flatten(0, 1).index_copy(0, plan.place, joints)
    present = torch.zeros(shape[:2], dtype=torch.bool, device=rows.device)
    present = present.flatten().index_fill(0, plan.place, True).view(*shape[:2], 1)
    return Batch(spread.view(shape), present.expand(shape[:3]).contiguous(), plan.labels)


def fits(clips: TrainingClips, device: torch.device) -> bool:
    """Whether the device is a GPU with room for the frames of all clips."""
    if device.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(device)
    return clips.base.clips.rows.nbytes <= _ROOM * free
