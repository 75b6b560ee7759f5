"""In which numbers to train where nobody says."""

from collections.abc import Mapping
from typing import Literal

import torch

Precision = Literal["32-true", "bf16-mixed"]

_HAS_BFLOAT16 = ("avx512_bf16", "amx_bf16")
"""Of processors with one of these instruction sets, oneDNN takes products in bfloat16."""


def native_precision() -> Precision:
    """``bf16-mixed`` on a GPU or processor that is made for it, ``32-true`` elsewhere.

    Where bfloat16 is imitated number by number, a step takes about ten times as long in it. A torch
    that is too old to say what the processor has counts as elsewhere.
    """
    if torch.cuda.is_available():
        own = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        capabilities: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
        own = any(capabilities.get(name, False) for name in _HAS_BFLOAT16)
    return "bf16-mixed" if own else "32-true"
