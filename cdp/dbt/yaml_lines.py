"""Finds the lines of a YAML file that an error is about."""

from __future__ import annotations

from pathlib import Path

import yaml


class YamlFile:
    """Lines of a YAML file by path; for a missing or broken file there are no line numbers."""

    def __init__(self, project_dir: Path, file: str) -> None:
        self.file = file
        try:
            with (project_dir / file).open(encoding="utf-8") as stream:
                self._root = yaml.compose(stream, Loader=yaml.SafeLoader)
        except (OSError, yaml.YAMLError):
            self._root = None

    def locate(self, path: tuple[str, ...]) -> str:
        """`file:line` of the deepest node on the path that exists."""
        for depth in range(len(path), 0, -1):
            line = self.find(path[:depth])
            if line:
                return f"{self.file}:{line}"
        return self.file

    def find(self, path: tuple[str, ...]) -> int | None:
        """Line, from 1, of the key or list entry at the path; None if there is none."""
        node, line = self._root, None
        for step in path:
            found = _child(node, step)
            if found is None:
                return None
            line, node = found
        return line


def _child(node: yaml.Node | None, step: str) -> tuple[int, yaml.Node] | None:
    """A mapping's key, or the entry of a list whose `name` is the step."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            name = _child(entry, "name")
            if name and name[1].value == step:
                return entry.start_mark.line + 1, entry
    return None
