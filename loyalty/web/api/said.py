"""What the body of a call says, for telling whether two of them say the same."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from loyalty.points.shapes import MEANS_NEVER


def said(body: BaseModel) -> Any:
    """Its fields as they were sent; a null counts only where it means something, a file by its digest."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: plain(each) for key, each in value.items() if each is not None or key in MEANS_NEVER}
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        return sha256(value).hexdigest() if isinstance(value, bytes) else value

    return plain(body.model_dump(exclude_unset=True))
