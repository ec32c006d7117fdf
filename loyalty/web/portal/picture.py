"""QR codes as pictures for a phone's screen."""

from markupsafe import Markup

from loyalty.printing.codes import QUIET_QR, qr


def qr_picture(text: str, label: str) -> Markup:
    """An SVG: one path, crisp at any size, black on white also in dark mode. `label`: for who cannot see it."""
    rows = qr(text)
    size = len(rows) + 2 * QUIET_QR
    steps = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows, QUIET_QR) for x, bit in enumerate(row, QUIET_QR) if bit == "1"
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" shape-rendering="crispEdges" role="img"'
        ' aria-label="{}"><path fill="#fff" d="M0 0h{}v{}H0z"/><path fill="#000" d="{}"/></svg>'
    ).format(size, size, label, size, size, Markup(steps))
