"""What the house must know of a provider before, and without, talking to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from emission.config import Settings
from emission.providers.base import Capabilities, Provider


class Kind(NamedTuple):
    """A kind of provider, as ``[provider] kind`` names it. All but ``open`` work without credentials.

    ``open``: the adapter, from the settings, the address of an embedded sandbox (or nothing) and the environment;
    ``check_access``: looks whether it could be asked at all; ``agreement``: what stands for the agreement in every
    external id; ``facts``: the keys of ``[provider]`` that a run keeps to from its beginning to its end, with values;
    ``living``: its codes are living links, and the adapter is an :class:`~emission.providers.living.Opener` too;
    ``posts``: it posts notices, and the adapter is :class:`~emission.providers.base.Noticing`.
    """

    open: Callable[[Settings, str, Mapping[str, str]], Provider]
    check_access: Callable[[Settings, Mapping[str, str]], None]
    capabilities: Callable[[Settings], Capabilities]
    agreement: Callable[[Settings], str]
    facts: Callable[[Settings], Mapping[str, object]]
    living: bool = False
    posts: bool = False
