"""The REST API of Confluence Cloud, version 1: a module a group of operations."""

from flask import Blueprint

from . import (
    analytics,
    attachments,
    audit,
    blueprints,
    bodies,
    bulk_states,
    children,
    content,
    copies,
    groups,
    labels,
    people,
    properties,
    relations,
    restrictions,
    search,
    space_details,
    space_permissions,
    spaces,
    states,
    tasks,
    templates,
    themes,
    users,
    versions,
    watches,
)

GROUPS: tuple[Blueprint, ...] = tuple(
    module.routes
    for module in (
        analytics,
        attachments,
        audit,
        blueprints,
        bodies,
        bulk_states,
        children,
        content,
        copies,
        groups,
        labels,
        people,
        properties,
        relations,
        restrictions,
        search,
        space_details,
        space_permissions,
        spaces,
        states,
        tasks,
        templates,
        themes,
        users,
        versions,
        watches,
    )
)
