"""Recipes as parameters of tests. The tests of expensive recipes are marked as slow."""

from collections.abc import Callable, Hashable, Iterable

import pytest

from model.inference import backend

backend.load_tensorflow()

from model.recipes import RECIPES, Recipe


def slow_if(is_slow: Callable[[Recipe], bool], names: Iterable[str] = RECIPES) -> list:
    """Return recipe names as parameters. A parameter is marked as slow if `is_slow` is true for the recipe."""
    return [pytest.param(name, marks=[pytest.mark.slow] if is_slow(RECIPES[name]) else []) for name in names]


def one_of_each_kind(kind: Callable[[Recipe], Hashable], names: Iterable[str] = RECIPES) -> list:
    """Return recipe names as parameters. The first recipe of each kind is not slow; the other recipes are slow."""
    names = list(names)
    first = {kind(RECIPES[name]): name for name in reversed(names)}
    return slow_if(lambda recipe: first[kind(recipe)] != recipe.name, names)
