"""The REST API of Confluence Cloud, version 2: a module a group of operations, over the store of version 1."""

from flask import Blueprint

from . import (
    attachments,
    comments,
    inline_comments,
    pages,
    parts,
    people,
    places,
    properties,
    space_parts,
    spaces,
    tasks,
    tree,
)
from .refusals import refused

PREFIX = "/api/v2"
MODULES = (
    attachments,
    comments,
    inline_comments,
    pages,
    parts,
    people,
    places,
    properties,
    space_parts,
    spaces,
    tasks,
    tree,
)
GROUPS: tuple[Blueprint, ...] = tuple(module.routes for module in MODULES)

__all__ = ["GROUPS", "PREFIX", "refused"]
