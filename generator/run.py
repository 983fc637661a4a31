"""Makes a company and writes its exports, its parts side by side."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from generator.channels.ads import Ads
from generator.channels.app import App
from generator.channels.catalog import Catalog
from generator.channels.consent import Consent
from generator.channels.crm import Crm
from generator.channels.email import Email
from generator.channels.loyalty import Loyalty
from generator.channels.pos import Pos
from generator.channels.social import Social
from generator.channels.support import Support
from generator.channels.web import Web
from generator.company import Channel, Company, News
from generator.dirt import Dirt
from generator.output import Exports, complete, replaced_folder
from generator.plan import Plan


def generate(plan: Plan, out: Path) -> None:
    """Write the exports and the truth of a company to a folder.

    Raises:
        FolderInUse: The folder holds something else; nothing was changed.
    """
    with replaced_folder(out) as folder:
        dirt = Dirt()
        for made in _in_parallel(plan.split(), folder):
            dirt.counts.update(made.counts)
        complete(folder, plan, dirt)


def _in_parallel(parts: list[Plan], folder: Path) -> Iterator[Dirt]:
    if len(parts) == 1:
        yield _generate_part(parts[0], folder)
        return
    # A forked child would inherit the locks of the caller's threads.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        yield from processes.map(_generate_part, parts, [folder] * len(parts))


def _generate_part(plan: Plan, folder: Path) -> Dirt:
    """Let all days of one part happen; each day's files are written once nothing can be added."""
    dirt = Dirt()
    with _no_garbage_collection():
        exports = Exports(folder, plan, dirt)
        company = Company(plan, exports, dirt)
        channels = _channels(company)
        for day in range(plan.first_day, plan.last_day + 1):
            company.news = News()
            for channel in channels:
                channel.run(day)
            exports.flush(before_day=day)
        exports.close()
    return dirt


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Nothing here is cyclic, and looking for cycles among millions of rows takes a quarter."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _channels(company: Company) -> list[Channel]:
    """All channels, each after those whose news of the day it acts upon."""
    ads = Ads(company)
    return [
        Catalog(company),
        Email(company),
        App(company),
        ads,
        Web(company, ads),
        Pos(company),
        Loyalty(company),
        Crm(company),
        Support(company),
        Social(company),
        Consent(company),
    ]
