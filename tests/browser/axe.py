"""axe-core on a page as it stands: what somebody with other eyes, ears or hands would stumble over."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


def barriers(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands."""
    page.evaluate((AXE / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(RUN, TAGS)
    return [
        f"{fault['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
