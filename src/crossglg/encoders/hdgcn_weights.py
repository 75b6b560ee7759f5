"""The names of HD-GCN's published weights -> ours, for ``weights.load_translated``."""

from crossglg.encoders.weights import KeyTable

HDGCN: KeyTable = (
    (r"data_bn\.(.+)", r"norm.\1"),
    (r"l(\d+)\.gcn1\.PA", r"blocks.<\1>.space.edges"),
    (r"l(\d+)\.gcn1\.conv_down\.(\d+)\.(.+)", r"blocks.<\1>.space.levels.\2.reduce.\3"),
    (r"l(\d+)\.gcn1\.conv\.(\d+)\.3\.conv\.(.+)", r"blocks.<\1>.space.levels.\2.alike.pair.\3"),
    (r"l(\d+)\.gcn1\.conv\.(\d+)\.(\d)\.(.+)", r"blocks.<\1>.space.levels.\2.mix.\3.\4"),
    # Their loop over the levels leaves its last item behind as an attribute of the module, so a
    # state dict names the sixth level's convolutions twice: 27 keys a block, 270 in all. Files
    # that keep a shared tensor only once may have either name; two names must agree.
    (r"l(\d+)\.gcn1\.conv_d\.3\.conv\.(.+)", r"blocks.<\1>.space.levels.5.alike.pair.\2"),
    (r"l(\d+)\.gcn1\.conv_d\.(\d)\.(.+)", r"blocks.<\1>.space.levels.5.mix.\2.\3"),
    (r"l(\d+)\.gcn1\.aha\.conv_down\.(.+)", r"blocks.<\1>.space.gates.reduce.\2"),
    (r"l(\d+)\.gcn1\.aha\.edge_conv\.conv\.(.+)", r"blocks.<\1>.space.gates.alike.pair.\2"),
    (r"l(\d+)\.gcn1\.aha\.aggregate\.(.+)", r"blocks.<\1>.space.gates.expand.\2"),
    (r"l(\d+)\.gcn1\.bn\.(.+)", r"blocks.<\1>.space.norm_out.\2"),
    (r"l(\d+)\.gcn1\.down\.(.+)", r"blocks.<\1>.space.shortcut.\2"),
    # They add this bias themselves, as (1 D 1 1), between convolution and batch norm.
    (r"l(\d+)\.tcn1\.branches\.(\d)\.3\.bias", r"blocks.<\1>.time.branches.\2.3.conv.bias"),
    (r"l(\d+)\.tcn1\.(.+)", r"blocks.<\1>.time.\2"),
    (r"l(\d+)\.residual\.(.+)", r"blocks.<\1>.shortcut.\2"),
)
"""HD-GCN's encoder on six levels; blocks count from one there and from zero here."""

HDGCN_HEAD: KeyTable = ((r"fc\.(.+)", r"\1"),)
"""HD-GCN's classifier, a linear layer."""
