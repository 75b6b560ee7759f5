"""An encoder of your own in about 20 lines, guided by CrossGLG without any other change.

Run this file to check the encoder against the contract. To make it known to every crossglg
command, put the class into a package of yours with this entry point and install that:

    [project.entry-points."crossglg.encoders"]
    mixer = "your_package:Mixer"

Then: crossglg train data.npz --protocol utd-a --encoder mixer --guidance crossglg --out run
"""

import torch
from torch import nn

from crossglg.encoders import SkeletonEncoder, check_encoder
from crossglg.skeleton import get_layout


class MixerBlock(nn.Module):
    """Each joint hears itself and the average body (space), then its own neighbours in time."""

    def __init__(self, width):
        super().__init__()
        self.space = nn.Conv2d(2 * width, width, 1)
        self.time = nn.Conv2d(width, width, (5, 1), padding=(2, 0))
        self.norm = nn.BatchNorm2d(width)

    def forward(self, features, joint_weights=None):  # (B D T V), (B V)
        body = features.mean(dim=3, keepdim=True).expand_as(features)
        mixed = torch.relu(self.space(torch.cat([features, body], dim=1)))
        if joint_weights is not None:  # here the guidance comes in
            mixed = mixed * joint_weights[:, None, None, :]
        return torch.relu(self.norm(self.time(mixed)) + features)


class Mixer(SkeletonEncoder):
    """Four blocks of one width."""

    default_n_pre = 2

    def __init__(self, layout, *, max_persons=2, width=64):
        super().__init__()
        self.layout, self.max_persons, self.block_dims = layout, max_persons, (width,) * 4
        self.embed = nn.Linear(3, width)
        self.position = nn.Parameter(0.1 * torch.randn(layout.joint_count, width))
        self.blocks = nn.ModuleList(MixerBlock(width) for _ in range(4))

    def stem(self, clips):  # (N M T V 3) -> (N*M D T V)
        return (self.embed(clips) + self.position).flatten(0, 1).permute(0, 3, 1, 2)


def main():
    """Check the encoder."""
    check_encoder(Mixer(get_layout("ntu25")))
    print("Mixer keeps the contract of encoders and can be guided.")


if __name__ == "__main__":
    main()
