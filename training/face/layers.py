"""Building blocks of the face net."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

EMBEDDING = 64


def embed_parameters(parameters: int) -> nn.Sequential:
    """Mouth parameters [N, parameters] → [N, EMBEDDING]."""
    return nn.Sequential(nn.Linear(parameters, EMBEDDING), nn.ReLU(), nn.Linear(EMBEDDING, EMBEDDING), nn.ReLU())


class FilmConv(nn.Module):
    """3×3 convolution whose output the mouth parameters scale and shift (Perez et al. 2018, arXiv:1709.07871)."""

    #: Length of the vector that conditions it: embedded and plain parameters.
    CONDITION = EMBEDDING + 7

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, stride, 1)
        self.film = nn.Linear(self.CONDITION, 2 * channels_out)
        nn.init.zeros_(self.film.bias)
        self.film.weight.data.mul_(0.5)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.film(condition)[..., None, None].chunk(2, 1)
        x = self.conv(x)
        return F.leaky_relu(x + x * scale + shift, 0.1)
