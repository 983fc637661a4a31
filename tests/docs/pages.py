"""What a page of the documentation shows, as the reader would type or paste it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cdp.settings import PROJECT_DIR

DOCS = PROJECT_DIR / "docs"
_BLOCK = re.compile(
    r"(?P<before>[^\n]*)\n\n? *```(?P<language>\w+)\n(?P<text>.*?)\n *```", re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: What stands behind the fence.
        text: What is in it.
        file: Path of the file that the line before names, if it names one.
        is_addition: Whether that line says that the block is added to what is there.
    """

    language: str
    text: str
    file: str | None
    is_addition: bool


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page that have a language."""
    found = []
    for match in _BLOCK.finditer(page.read_text()):
        files = re.findall(r"`((?:models|macros|seeds|tests)/[^`]+\.\w+)`", match["before"])
        found.append(
            Block(
                match["language"],
                match["text"],
                files[0] if files else None,
                "Add to" in match["before"],
            )
        )
    return found


def apply(page: Path, project: Path) -> None:
    """Do in a copy of the project what the page tells its reader to do."""
    applied = [block for block in blocks(page) if block.file]
    assert applied, f"{page.name} names no file"
    for block in applied:
        file = project / str(block.file)
        if block.language == "diff":
            file.write_text(_changed(file.read_text(), block))
        elif block.is_addition:
            file.write_text(_added(file.read_text(), block))
        else:
            assert not file.exists(), f"{page.name}: {block.file} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text + "\n")


def _changed(content: str, block: Block) -> str:
    lines = block.text.splitlines()
    old = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    new = "\n".join(line[1:] for line in lines if not line.startswith("-"))
    assert content.count(old) == 1, f"{block.file} has not once:\n{old}"
    return content.replace(old, new)


def _added(content: str, block: Block) -> str:
    if block.language == "csv":
        return content.rstrip("\n") + "\n" + block.text + "\n"
    # Lists end in `])`, unions of audiences and of the timeline with the CTE that they are.
    end = {"jinja": "\n    ])", "sql": "\n)\n\nselect * from"}.get(block.language)
    if end is None:
        return content.rstrip("\n") + "\n" + block.text + "\n"
    assert end in content, f"{block.file} has no list to add to"
    head, tail = content.rsplit(end, 1)
    return f"{head}\n{block.text}{end}{tail}"
